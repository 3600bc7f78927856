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

// Passed on as SIGTERM: Ctrl+C reaches the server by the terminal as well, and a second SIGINT would end it at once; a process manager's
// SIGINT reaches only this process, which stays until the server has ended.
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.kill('SIGTERM'));
server.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
