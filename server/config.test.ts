import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

function problems(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('the configuration', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toEqual({
      port: 4318,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      store: { engine: 'embedded', path: resolve('data/store') },
      recovery: { acceptLoss: false, reconcile: false },
      retention: { payloadDays: null, totalsDays: null },
      logLevel: 'info',
    });
  });

  it('takes every variable, and an empty one as not set', () => {
    const env = {
      PORT: '0',
      HOST: '0.0.0.0',
      AIRUNS_OPEN: '1',
      AIRUNS_DATA_DIR: '/var/lib/airuns',
      AIRUNS_CLICKHOUSE_URL: 'https://u:p@db:8443/airuns',
      AIRUNS_MODEL_URL: 'http://127.0.0.1:8080/v1',
      AIRUNS_MODEL_KEY: 'k',
      AIRUNS_MEMORY_LIMIT_MB: '512',
      AIRUNS_ACCEPT_LOSS: '1',
      AIRUNS_RECONCILE: '1',
      AIRUNS_RETENTION_PAYLOAD_DAYS: '30',
      AIRUNS_RETENTION_TOTALS_DAYS: '400',
      LOG_LEVEL: '',
    };
    expect(readConfig(env)).toEqual({
      port: 0,
      host: '0.0.0.0',
      dataDir: '/var/lib/airuns',
      store: { engine: 'remote', url: 'https://u:p@db:8443/airuns' },
      modelUrl: 'http://127.0.0.1:8080/v1',
      modelKey: 'k',
      memoryLimit: 536_870_912,
      recovery: { acceptLoss: true, reconcile: true },
      retention: { payloadDays: 30, totalsDays: 400 },
      logLevel: 'info',
    });
  });

  it('keeps tasks no longer than the totals made of them', () => {
    expect(readConfig({ AIRUNS_RETENTION_TOTALS_DAYS: '90' }).retention).toEqual({ payloadDays: 90, totalsDays: 90 });
    expect(problems({ AIRUNS_RETENTION_PAYLOAD_DAYS: '91', AIRUNS_RETENTION_TOTALS_DAYS: '90' })).toHaveLength(1);
    expect(problems({ AIRUNS_RETENTION_PAYLOAD_DAYS: '0' })).toEqual([expect.stringContaining('AIRUNS_RETENTION_PAYLOAD_DAYS')]);
  });

  it('names the variable where an address is none', () => {
    expect(problems({ AIRUNS_CLICKHOUSE_URL: 'foo' })).toEqual([expect.stringContaining('AIRUNS_CLICKHOUSE_URL')]);
  });

  it('lists all problems at once', () => {
    const found = problems({ PORT: '70000', LOG_LEVEL: 'loud', AIRUNS_CLICKHOUSE_URL: 'http://db:8123', AIRUNS_MODEL_URL: 'ftp://x' });
    expect(found.map((problem) => problem.split(':')[0])).toEqual(['PORT', 'AIRUNS_CLICKHOUSE_URL', 'AIRUNS_MODEL_URL', 'LOG_LEVEL']);
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', '127.0.0.1.example.com', 'example.com'])(
    'refuses to listen on %s without AIRUNS_OPEN',
    (HOST) => {
      expect(problems({ HOST })).toEqual([expect.stringMatching(/^HOST: .*AIRUNS_OPEN=1/)]);
      expect(problems({ HOST })[0]).not.toContain('\n');
      expect(problems({ HOST, AIRUNS_OPEN: '1' })).toEqual([]);
    },
  );

  it.each(['127.0.0.1', '127.1.2.3', 'localhost', '::1'])('listens on %s', (HOST) => {
    expect(readConfig({ HOST }).host).toBe(HOST);
  });
});
