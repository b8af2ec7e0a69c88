// Keeps the peer's state in Redis, as its documentation proposes: a string for what is read, a hash for what can be
// consumed, and a list for each grant of what was issued under it.
import Redis from 'ioredis';

const redis = new Redis(process.env.PEER_REDIS_URL, { keyPrefix: 'peer:', enableAutoPipelining: true });
const consumable = new Set(['AuthorizationCode', 'RefreshToken']);
const grantable = new Set(['AccessToken', 'AuthorizationCode', 'RefreshToken']);

export default class RedisAdapter {
  constructor(name) {
    this.name = name;
    this.isConsumable = consumable.has(name);
    this.isGrantable = grantable.has(name);
  }

  async upsert(id, payload, expiresIn) {
    const key = this.key(id);
    const batch = redis.multi();
    if (this.isConsumable) batch.hset(key, 'payload', JSON.stringify(payload));
    else batch.set(key, JSON.stringify(payload));
    if (expiresIn) batch.expire(key, expiresIn);
    if (this.isGrantable && payload.grantId) {
      batch.rpush(`grant:${payload.grantId}`, key);
      if (expiresIn) {
        batch.expire(`grant:${payload.grantId}`, expiresIn, 'NX');
        batch.expire(`grant:${payload.grantId}`, expiresIn, 'GT');
      }
    }
    if (payload.uid) batch.set(`uid:${payload.uid}`, id, 'EX', expiresIn);
    await batch.exec();
  }

  async find(id) {
    if (!this.isConsumable) {
      const found = await redis.get(this.key(id));
      return found ? JSON.parse(found) : undefined;
    }
    const { payload, ...marks } = await redis.hgetall(this.key(id));
    return payload ? { ...marks, ...JSON.parse(payload) } : undefined;
  }

  async findByUid(uid) {
    const id = await redis.get(`uid:${uid}`);
    return id ? this.find(id) : undefined;
  }

  async consume(id) {
    await redis.hset(this.key(id), 'consumed', Math.floor(Date.now() / 1000));
  }

  async destroy(id) {
    await redis.del(this.key(id));
  }

  async revokeByGrantId(grantId) {
    const issued = await redis.lrange(`grant:${grantId}`, 0, -1);
    await redis.del(...issued, `grant:${grantId}`);
  }

  key(id) {
    return `${this.name}:${id}`;
  }
}
