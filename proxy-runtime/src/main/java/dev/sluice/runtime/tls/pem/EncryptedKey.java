package dev.sluice.runtime.tls.pem;

import java.io.IOException;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/** Private keys that a password protects: PKCS #8 (RFC 5958), as openssl writes them. */
final class EncryptedKey {
    private EncryptedKey() {}

    /**
     * The key in PKCS #8 without the password.
     *
     * @throws IOException if the password is not the right one, or the encryption is not known here
     */
    static byte[] decrypt(byte[] encrypted, char[] password) throws IOException {
        EncryptedPrivateKeyInfo info;
        Cipher cipher;
        PBEKeySpec spec = new PBEKeySpec(password);
        try {
            info = new EncryptedPrivateKeyInfo(encrypted);
            AlgorithmParameters parameters = info.getAlgParameters();
            // PBES2 is a frame; its parameters name the encryption itself.
            boolean framed = info.getAlgName().equals("PBES2") || info.getAlgName().equals("1.2.840.113549.1.5.13");
            String algorithm = framed ? String.valueOf(parameters) : info.getAlgName();
            cipher = Cipher.getInstance(algorithm);
            cipher.init(Cipher.DECRYPT_MODE, SecretKeyFactory.getInstance(algorithm).generateSecret(spec), parameters);
        } catch (IOException | GeneralSecurityException e) {
            throw new IOException(
                    "has a private key that is encrypted in a way that is not supported (" + e.getMessage()
                            + "); convert it with: openssl pkcs8 -topk8 -in FILE",
                    e);
        } finally {
            spec.clearPassword();
        }
        try {
            return cipher.doFinal(info.getEncryptedData());
        } catch (GeneralSecurityException e) {
            throw new IOException("has a private key that the password in keyPasswordFile does not open", e);
        }
    }
}
