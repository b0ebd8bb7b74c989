// SPDX-License-Identifier: Apache-2.0
package io.sluice.core.monitor;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accounts of which the source wants a client certificate. A client's cannot be passed on to it, and its refusal
 * does not tell from that of a wrong password, so the log tells beforehand. Confined to the thread that reads.
 */
final class CertifiedAccounts {
    private static final Logger LOG = LoggerFactory.getLogger(CertifiedAccounts.class);

    private static final String QUERY =
            "SELECT DISTINCT User FROM mysql.user WHERE ssl_type IN ('X509', 'SPECIFIED') ORDER BY User LIMIT ?";
    /** More would only make a long line. */
    private static final int SHOWN = 20;

    private final boolean hasCertificate;
    private List<String> known = List.of();

    /** @param hasCertificate whether servers are shown one of Sluice's own */
    CertifiedAccounts(boolean hasCertificate) {
        this.hasCertificate = hasCertificate;
    }

    void read(Connection open) throws SQLException {
        List<String> users = new ArrayList<>();
        try (PreparedStatement statement = open.prepareStatement(QUERY)) {
            statement.setInt(1, SHOWN);
            try (ResultSet rows = statement.executeQuery()) {
                while (rows.next()) {
                    users.add(rows.getString(1));
                }
            }
        }
        if (!users.equals(known) && !users.isEmpty()) {
            LOG.warn(
                    "event=accounts_want_certificates users=\"{}\" effect=\"{}\" remedy=\"list them in users, with"
                            + " require_tls: x509 and {}\"",
                    String.join(",", users),
                    hasCertificate
                            ? "servers see backend.tls.certificate, whatever the client has shown"
                            : "servers refuse their clients with error 1045",
                    hasCertificate
                            ? "their passwords"
                            : "a backend_user without REQUIRE, or set backend.tls.certificate");
        }
        known = users;
    }
}
