/** The statements of a .sql file: each ends with `;` at the end of a line. Comments stay with the statement they explain. */
export function statementsOf(sql: string): string[] {
  return sql
    .split(/;[ \t]*(?:\r?\n|$)/)
    .map((statement) => statement.trim())
    .filter((statement) => withoutComments(statement) !== '');
}

function withoutComments(sql: string): string {
  return sql.replace(/^\s*--.*$/gm, '').trim();
}

/** The statement in a form that may run twice: a crash can fall between a statement and the record that it ran. */
export function repeatable(statement: string): string {
  return statement
    .replace(/^(\s*CREATE\s+(?:TABLE|MATERIALIZED\s+VIEW|VIEW|DICTIONARY))\s+(?!IF\s+NOT\s+EXISTS)/im, '$1 IF NOT EXISTS ')
    .replace(/^(\s*DROP\s+(?:TABLE|VIEW|DICTIONARY))\s+(?!IF\s+EXISTS)/im, '$1 IF EXISTS ')
    .replace(/\b(ADD\s+(?:COLUMN|INDEX|PROJECTION|CONSTRAINT))\s+(?!IF\s+NOT\s+EXISTS)/gi, '$1 IF NOT EXISTS ')
    .replace(/\b(DROP\s+(?:COLUMN|INDEX|PROJECTION|CONSTRAINT))\s+(?!IF\s+EXISTS)/gi, '$1 IF EXISTS ');
}
