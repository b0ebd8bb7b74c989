# SPDX-License-Identifier: Apache-2.0
"""PyMySQL: logs in, reads, writes, transactions, errors, a large value. Environment: SLUICE_PORT, SLUICE_TLS (0 or 1)."""
import os
import ssl

import pymysql

tls = {}
if os.environ["SLUICE_TLS"] == "1":
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the certificate is self-signed
    tls = {"ssl": context}
else:
    tls = {"ssl_disabled": True}


def connect(**more):
    return pymysql.connect(host="127.0.0.1", port=int(os.environ["SLUICE_PORT"]), user="app", password="app",
                           database="app", max_allowed_packet=64 << 20, **tls, **more)


connection = connect()
cursor = connection.cursor()
cursor.execute("SHOW STATUS LIKE 'Ssl_cipher'")
cursor.execute("DROP TABLE IF EXISTS pymysql_client")
cursor.execute("CREATE TABLE pymysql_client (id INT PRIMARY KEY, v LONGBLOB)")
cursor.execute("INSERT INTO pymysql_client VALUES (%s, %s)", (1, "Grüße"))
connection.commit()
cursor.execute("SELECT v FROM pymysql_client WHERE id = %s", (1,))
assert cursor.fetchone()[0].decode() == "Grüße"
connection.rollback()

cursor.execute("INSERT INTO pymysql_client VALUES (2, 'x')")
connection.rollback()
cursor.execute("SELECT COUNT(*) FROM pymysql_client")
assert cursor.fetchone() == (1,)
connection.commit()

connection.autocommit(True)
value = os.urandom(20_000_000)
cursor.execute("INSERT INTO pymysql_client VALUES (3, %s)", (value,))
cursor.execute("SELECT v FROM pymysql_client WHERE id = 3")
assert cursor.fetchone()[0] == value

try:
    cursor.execute("SELECT * FROM no_such_table")
    raise AssertionError("no error")
except pymysql.err.ProgrammingError as error:
    assert error.args == (1146, "Table 'app.no_such_table' doesn't exist"), error.args

streaming = connection.cursor(pymysql.cursors.SSCursor)
streaming.execute("SELECT 1 FROM information_schema.collations a, information_schema.character_sets b")
assert sum(1 for _ in streaming) > 1000
streaming.close()
connection.ping(reconnect=False)
connection.select_db("app")
connection.close()

try:
    pymysql.connect(host="127.0.0.1", port=int(os.environ["SLUICE_PORT"]), user="app", password="wrong", **tls)
    raise AssertionError("let in with a wrong password")
except pymysql.err.OperationalError as error:
    assert error.args[0] == 1045, error.args
print("ok")
