// SPDX-License-Identifier: Apache-2.0
package io.sluice.protocol.tls;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The one key and certificate that are shown to whoever is on the other side. A key store would do the same, but first
 * encrypts the key with a password and decrypts it again, which takes half a second of a start. Immutable; any thread.
 */
final class TlsIdentity extends X509ExtendedKeyManager {
    private static final String ALIAS = "identity";

    private final PrivateKey key;
    private final X509Certificate[] chain;

    private TlsIdentity(PrivateKey key, X509Certificate[] chain) {
        this.key = key;
        this.chain = chain;
    }

    /**
     * From a PEM certificate, with the rest of its chain after it, and its PEM key without a passphrase.
     *
     * @throws IOException if they can not be used; the message says which file and why
     */
    static TlsIdentity read(Path certificate, Path key) throws IOException {
        X509Certificate[] chain = PemFiles.readCertificates(certificate);
        try {
            chain[0].checkValidity();
            PrivateKey privateKey = PemFiles.readPrivateKey(key);
            requireThatTheyMatch(chain[0], privateKey, certificate, key);
            return new TlsIdentity(privateKey, chain);
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate in " + certificate + " is not valid: " + e.getMessage(), e);
        }
    }

    /** Else every handshake would fail for no reason that the other side can name. */
    private static void requireThatTheyMatch(
            X509Certificate certificate, PrivateKey key, Path certificateFile, Path keyFile)
            throws GeneralSecurityException, IOException {
        String algorithm = key.getAlgorithm();
        boolean match = algorithm.equals(certificate.getPublicKey().getAlgorithm());
        if (match) {
            byte[] sample = certificate.getSignature();
            Signature signature = Signature.getInstance(
                    switch (algorithm) {
                        case "RSA" -> "SHA256withRSA";
                        case "EC" -> "SHA256withECDSA";
                        default -> "Ed25519";
                    });
            signature.initSign(key);
            signature.update(sample);
            byte[] signed = signature.sign();
            signature.initVerify(certificate.getPublicKey());
            signature.update(sample);
            match = signature.verify(signed);
        }
        if (!match) {
            throw new IOException("the key in " + keyFile + " is not that of the certificate in " + certificateFile);
        }
    }

    /** The alias, if a certificate of that kind ("RSA", "EC", "EdDSA") can be shown. */
    private @Nullable String aliasFor(String keyType) {
        return keyType.equals(chain[0].getPublicKey().getAlgorithm()) ? ALIAS : null;
    }

    private String @Nullable [] aliasesFor(String keyType) {
        String alias = aliasFor(keyType);
        return alias == null ? null : new String[] {alias};
    }

    /** Whoever signed it: a server that does not trust those says so, which is better than to show it nothing. */
    private @Nullable String aliasForAny(String[] keyTypes) {
        return Arrays.stream(keyTypes).anyMatch(type -> aliasFor(type) != null) ? ALIAS : null;
    }

    @Override
    public String @Nullable [] getServerAliases(String keyType, Principal @Nullable [] issuers) {
        return aliasesFor(keyType);
    }

    @Override
    public @Nullable String chooseServerAlias(String keyType, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasFor(keyType);
    }

    @Override
    public @Nullable String chooseEngineServerAlias(
            String keyType, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasFor(keyType);
    }

    @Override
    public String @Nullable [] getClientAliases(String keyType, Principal @Nullable [] issuers) {
        return aliasesFor(keyType);
    }

    @Override
    public @Nullable String chooseClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable Socket socket) {
        return aliasForAny(keyTypes);
    }

    @Override
    public @Nullable String chooseEngineClientAlias(
            String[] keyTypes, Principal @Nullable [] issuers, @Nullable SSLEngine engine) {
        return aliasForAny(keyTypes);
    }

    @Override
    public X509Certificate @Nullable [] getCertificateChain(String alias) {
        return alias.equals(ALIAS) ? chain.clone() : null;
    }

    @Override
    public @Nullable PrivateKey getPrivateKey(String alias) {
        return alias.equals(ALIAS) ? key : null;
    }
}
