import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';

/** What of a compose file these tests look at. */
interface Compose {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: Readonly<Record<string, unknown>>;
}
interface Service {
  readonly image?: string;
  readonly build?: string;
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: readonly string[];
  readonly volumes?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly healthcheck?: unknown;
}

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');
const compose = parse(read('docker-compose.yml')) as Compose;
const { airuns, clickhouse, collector } = compose.services;
const services = Object.entries(compose.services);

/** The variables a collector config reads. */
const variables = (config: string): Set<string> => new Set([...read(config).matchAll(/\$\{env:(\w+)/g)].map(([, name = '']) => name));

describe('docker-compose.yml', () => {
  it('has the database, the server and the collector', () =>
    expect(services.map(([name]) => name)).toEqual(['clickhouse', 'airuns', 'collector']));

  it('opens ports on this machine only', () => {
    const ports = services.flatMap(([, service]) => service.ports ?? []);
    expect(ports.length).toBeGreaterThan(0);
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:\d+:\d+$/);
  });

  it('mounts files that exist and volumes that are declared', () => {
    for (const [source = ''] of services.flatMap(([, service]) => service.volumes ?? []).map((mount) => mount.split(':'))) {
      if (source.startsWith('./')) expect(existsSync(root + source), source).toBe(true);
      else expect(Object.keys(compose.volumes)).toContain(source);
    }
  });

  it('waits only for services that can say they are well', () => {
    for (const [name, { condition }] of services.flatMap(([, service]) => Object.entries(service.depends_on ?? {}))) {
      expect([name, condition, compose.services[name]?.healthcheck !== undefined]).toEqual([name, 'service_healthy', true]);
    }
  });

  it('gives the server the database it starts', () => {
    const { CLICKHOUSE_USER: user, CLICKHOUSE_PASSWORD: password, CLICKHOUSE_DB: database } = clickhouse?.environment ?? {};
    expect(airuns?.environment?.AIRUNS_CLICKHOUSE_URL).toBe(`http://${user}:${password}@clickhouse:8123/${database}`);
    expect(existsSync(`${root}${airuns?.build}/Dockerfile`)).toBe(true);
  });

  it('runs the collector that the tests build, with settings its config reads', () => {
    const tested = /collector\/otelcol v([\d.]+)/.exec(read('test/collector/go.mod'))?.[1];
    expect(collector?.image).toBe(`otel/opentelemetry-collector-contrib:${tested}`);
    for (const name of Object.keys(collector?.environment ?? {})) expect(variables('collector-config/agent.yaml')).toContain(name);
  });
});

it('the README of collector-config/ names every setting', () => {
  const readme = read('collector-config/README.md');
  for (const name of variables('collector-config/agent.yaml')) expect(readme).toContain(`\`${name}\``);
  const ownOfGateway = [...variables('collector-config/gateway.yaml')].filter(
    (name) => !variables('collector-config/agent.yaml').has(name.replace('GATEWAY', 'AGENT')),
  );
  for (const name of ownOfGateway) expect(readme).toContain(`\`${name}\``);
});
