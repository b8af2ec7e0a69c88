// One JSON line on stdin asks, one JSON line on stdout answers, until stdin ends.
import { createInterface } from "node:readline";

export async function answerLines(commands) {
  for await (const line of createInterface({ input: process.stdin })) {
    const { do: command, ...values } = JSON.parse(line);
    let answer;
    try {
      answer = { answer: (await commands[command](values)) ?? null };
    } catch (error) {
      answer = { error: described(error) };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  }
}

// What the library found wrong, and what the provider had said: an OAuth error, or the challenges of WWW-Authenticate.
function described({ name, message, code, error, error_description, status, cause }) {
  const said = cause instanceof Error ? described(cause) : cause instanceof URLSearchParams ? Object.fromEntries(cause) : cause;
  return { name, message, code, error, error_description, status, cause: said };
}
