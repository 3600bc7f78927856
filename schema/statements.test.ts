import { expect, it } from 'vitest';
import { repeatable, statementsOf } from './statements.ts';

it('cuts a file at semicolons that end a line', () => {
  const sql = "-- One; two\nCREATE TABLE a (n UInt8) ENGINE = Memory;\n\nINSERT INTO a\nVALUES (';');  \n-- The end.\n";
  expect(statementsOf(sql)).toEqual(['-- One; two\nCREATE TABLE a (n UInt8) ENGINE = Memory', "INSERT INTO a\nVALUES (';')"]);
});

it.each([
  ['CREATE TABLE a (n UInt8)', 'CREATE TABLE IF NOT EXISTS a (n UInt8)'],
  ['-- Why.\nCREATE MATERIALIZED VIEW v TO a AS SELECT 1', '-- Why.\nCREATE MATERIALIZED VIEW IF NOT EXISTS v TO a AS SELECT 1'],
  ['CREATE VIEW v AS SELECT 1', 'CREATE VIEW IF NOT EXISTS v AS SELECT 1'],
  ['CREATE TABLE IF NOT EXISTS a (n UInt8)', 'CREATE TABLE IF NOT EXISTS a (n UInt8)'],
  ['ALTER TABLE a ADD COLUMN b UInt8, DROP COLUMN c', 'ALTER TABLE a ADD COLUMN IF NOT EXISTS b UInt8, DROP COLUMN IF EXISTS c'],
  ['DROP VIEW v', 'DROP VIEW IF EXISTS v'],
])('%s can run twice', (statement, want) => {
  expect(repeatable(statement)).toBe(want);
  expect(repeatable(want)).toBe(want);
});
