/** `npm start` on a bare clone: installs, builds and starts, each only if needed. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from './build.mjs';
import { checkNode, install, root } from './project.mjs';

checkNode();
install();
build();

/** The engine's reads, its inserts and the files of the journal each hold one of these threads; Node starts with 4. */
const env = { UV_THREADPOOL_SIZE: '12', ...process.env };
const server = spawn(process.execPath, [join(root, 'dist/server/cli.js'), 'start'], { stdio: ['inherit', 'inherit', 'pipe'], env });

// The engine announces its own log file on stderr, whatever it is told.
createInterface(server.stderr).on('line', (line) => {
  if (!/^Logging \w+ to /.test(line)) process.stderr.write(`${line}\n`);
});

// Ctrl+C reaches the server by the terminal; this process only stays until it has ended.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => server.kill('SIGTERM'));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
