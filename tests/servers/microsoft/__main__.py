"""``python -m tests.servers.microsoft --port … --control-port … --certificate … --key …``."""

from __future__ import annotations

from tests.servers.common.serving import Options, serve
from tests.servers.microsoft.application import Microsoft
from tests.servers.microsoft.control import Control

if __name__ == "__main__":
    options = Options.parse(__doc__ or "")
    server = Microsoft(options.port)
    serve(options, server, Control(server).application(), server.beside)
