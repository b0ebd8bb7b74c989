// SPDX-License-Identifier: Apache-2.0
// node mysql2: logs in, reads, writes, transactions, prepared statements. Environment: SLUICE_PORT, SLUICE_TLS (0 or 1).
'use strict';
const assert = require('assert');
const mysql = require('mysql2/promise');

const options = {
  host: '127.0.0.1',
  port: Number(process.env.SLUICE_PORT),
  user: 'app',
  password: 'app',
  database: 'app',
};
if (process.env.SLUICE_TLS === '1') {
  options.ssl = { rejectUnauthorized: false }; // the certificate is self-signed
}

async function main() {
  const connection = await mysql.createConnection(options);
  await connection.query('DROP TABLE IF EXISTS mysql2_client');
  await connection.query('CREATE TABLE mysql2_client (id INT PRIMARY KEY, v LONGBLOB)');
  await connection.query('INSERT INTO mysql2_client VALUES (1, ?)', ['Grüße']);
  let [rows] = await connection.query('SELECT CAST(v AS CHAR) AS v FROM mysql2_client WHERE id = 1');
  assert.strictEqual(rows[0].v, 'Grüße');

  for (let i = 10; i < 20; i++) {
    await connection.execute('INSERT INTO mysql2_client VALUES (?, ?)', [i, 'v' + i]);
    [rows] = await connection.execute('SELECT CAST(v AS CHAR) AS v FROM mysql2_client WHERE id = ?', [i]);
    assert.strictEqual(rows[0].v, 'v' + i);
  }

  await connection.beginTransaction();
  await connection.execute('DELETE FROM mysql2_client WHERE id >= ?', [10]);
  [rows] = await connection.execute('SELECT COUNT(*) AS n FROM mysql2_client');
  assert.strictEqual(Number(rows[0].n), 1);
  await connection.rollback();
  [rows] = await connection.query('SELECT COUNT(*) AS n FROM mysql2_client');
  assert.strictEqual(Number(rows[0].n), 11);

  await assert.rejects(connection.query('SELECT * FROM no_such_table'), { errno: 1146, sqlState: '42S02' });
  await connection.changeUser({ user: 'app', password: 'app', database: 'app' });
  await connection.ping();
  await connection.end();

  await assert.rejects(mysql.createConnection({ ...options, password: 'wrong' }), { errno: 1045 });
  console.log('ok');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
