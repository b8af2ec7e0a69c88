"""Apache with mod_auth_openidc in front of a page that needs somebody signed in."""

import os
from pathlib import Path

from tests.servers import needs
from tests.servers.programs import Program

MODULES = Path("/usr/lib/apache2/modules")
LOADED = ("mpm_event", "authn_core", "authz_core", "authz_user", "auth_openidc", "headers", "dir")


class Apache:
    """A running Apache, made by its own configuration in `folder`, which its own user must be able to reach."""

    def __init__(self, folder: Path, port: int, provider: str, client_id: str, *directives: str) -> None:
        binary = needs.program("apache2")
        if not (MODULES / "mod_auth_openidc.so").exists():
            needs.miss("libapache2-mod-auth-openidc is not installed")
        self.origin = f"http://localhost:{port}"
        (folder / "pages" / "desk").mkdir(parents=True)
        (folder / "pages" / "desk" / "index.html").write_text("<!doctype html><title>Desk</title><h1>Desk</h1>")
        for path in (folder, folder / "pages", folder / "pages" / "desk"):
            path.chmod(0o755)  # whatever the umask
        (folder / "pages" / "desk" / "index.html").chmod(0o644)
        configuration = folder / "apache.conf"
        configuration.write_text(_configuration(folder, port, provider, client_id, directives))
        command: list[str | Path] = [binary, "-X", "-f", configuration]
        self._log = folder / "apache.log"
        self.program = Program(command, folder / "apache.out", {})
        self.program.wait_until(port)

    def log(self) -> str:
        """Return what Apache noted."""
        return self._log.read_text()


def redirect_uri(port: int) -> str:
    """Where sign-ins come back to."""
    return f"http://localhost:{port}/desk/callback"


def _configuration(folder: Path, port: int, provider: str, client_id: str, directives: tuple[str, ...]) -> str:
    modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in LOADED)
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    own = "\n".join(directives)
    return f"""
ServerRoot {folder}
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {folder}/apache.pid
ErrorLog {folder}/apache.log
DefaultRuntimeDir {folder}
{modules}
{user}
DocumentRoot {folder}/pages
DirectoryIndex index.html
LogLevel auth_openidc:warn

OIDCProviderMetadataURL {provider}/.well-known/openid-configuration
OIDCClientID {client_id}
{own}
OIDCRedirectURI {redirect_uri(port)}
OIDCCryptoPassphrase only-for-this-test
OIDCPKCEMethod S256
OIDCScope "openid profile email"
OIDCRemoteUserClaim email
OIDCHTTPTimeoutShort 30
OIDCDefaultLoggedOutURL http://localhost:{port}/
OIDCPassClaimsAs environment

<Location /desk>
  AuthType openid-connect
  Require valid-user
  Header always set X-Person "%{{REMOTE_USER}}e"
  Header always set X-Person "%{{OIDC_CLAIM_email}}e"
  Header always set X-Level "%{{OIDC_CLAIM_acr}}e"
</Location>
"""
