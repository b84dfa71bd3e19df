package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.SrtpProfile;
import java.io.IOException;
import java.util.Hashtable;
import org.bouncycastle.tls.Certificate;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.ClientCertificateType;
import org.bouncycastle.tls.DefaultTlsServer;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsCredentialedSigner;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;

/**
 * The server of a DTLS-SRTP handshake. RFC 8827 §6.5 has both sides authenticated, so it always asks for a certificate.
 */
@SuppressWarnings({"rawtypes", "unchecked"})
final class WebRtcDtlsServer extends DefaultTlsServer {
    private final HandshakeParameters parameters;

    WebRtcDtlsServer(HandshakeParameters parameters) {
        super(parameters.crypto);
        this.parameters = parameters;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return parameters.serverSuites();
    }

    @Override
    protected boolean preferLocalCipherSuites() {
        return true;
    }

    @Override
    public int[] getSupportedGroups() {
        return HandshakeParameters.GROUPS;
    }

    @Override
    public int getHandshakeResendTimeMillis() {
        return HandshakeParameters.RESEND_MILLIS;
    }

    @Override
    public int getHandshakeTimeoutMillis() {
        return HandshakeParameters.TIMEOUT_MILLIS;
    }

    @Override
    public void processClientExtensions(Hashtable extensions) throws IOException {
        super.processClientExtensions(extensions);
        UseSRTPData srtp = TlsSRTPUtils.getUseSRTPExtension(extensions);
        if (srtp != null) {
            for (SrtpProfile ours : parameters.profiles) {
                for (int theirs : srtp.getProtectionProfiles()) {
                    if (parameters.profile == null && theirs == ours.code()) {
                        parameters.profile = ours;
                    }
                }
            }
        }
    }

    @Override
    public Hashtable getServerExtensions() throws IOException {
        Hashtable extensions = TlsExtensionsUtils.ensureExtensionsInitialised(super.getServerExtensions());
        if (parameters.profile != null) {
            TlsSRTPUtils.addUseSRTPExtension(
                    extensions, new UseSRTPData(new int[] {parameters.profile.code()}, TlsUtils.EMPTY_BYTES));
        }
        return extensions;
    }

    @Override
    public CertificateRequest getCertificateRequest() {
        return new CertificateRequest(
                new short[] {ClientCertificateType.ecdsa_sign, ClientCertificateType.rsa_sign},
                HandshakeParameters.signatureAlgorithms(),
                null);
    }

    @Override
    public void notifyClientCertificate(Certificate certificate) throws IOException {
        parameters.peer.verify(certificate);
    }

    @Override
    protected TlsCredentialedSigner getECDSASignerCredentials() throws IOException {
        return parameters.signer(context);
    }

    @Override
    protected TlsCredentialedSigner getRSASignerCredentials() throws IOException {
        return parameters.signer(context);
    }

    @Override
    public void notifyHandshakeComplete() throws IOException {
        super.notifyHandshakeComplete();
        parameters.complete(context);
    }

    @Override
    public void notifyAlertRaised(short level, short description, String message, Throwable cause) {
        parameters.sentAlert = (int) description;
    }

    @Override
    public void notifyAlertReceived(short level, short description) {
        parameters.receivedAlert = (int) description;
    }
}
