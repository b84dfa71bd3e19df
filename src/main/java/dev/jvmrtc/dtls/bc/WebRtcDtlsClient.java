package dev.jvmrtc.dtls.bc;

import dev.jvmrtc.dtls.SrtpProfile;
import java.io.IOException;
import java.util.Hashtable;
import java.util.Vector;
import java.util.stream.IntStream;
import org.bouncycastle.tls.AlertDescription;
import org.bouncycastle.tls.CertificateRequest;
import org.bouncycastle.tls.DefaultTlsClient;
import org.bouncycastle.tls.ProtocolVersion;
import org.bouncycastle.tls.TlsAuthentication;
import org.bouncycastle.tls.TlsCredentials;
import org.bouncycastle.tls.TlsExtensionsUtils;
import org.bouncycastle.tls.TlsFatalAlert;
import org.bouncycastle.tls.TlsSRTPUtils;
import org.bouncycastle.tls.TlsServerCertificate;
import org.bouncycastle.tls.TlsUtils;
import org.bouncycastle.tls.UseSRTPData;

/** The client of a DTLS-SRTP handshake (RFC 5764, RFC 8827 §6.5). */
@SuppressWarnings({"rawtypes", "unchecked"})
final class WebRtcDtlsClient extends DefaultTlsClient {
    private final HandshakeParameters parameters;

    WebRtcDtlsClient(HandshakeParameters parameters) {
        super(parameters.crypto);
        this.parameters = parameters;
    }

    @Override
    protected ProtocolVersion[] getSupportedVersions() {
        return ProtocolVersion.DTLSv12.only();
    }

    @Override
    protected int[] getSupportedCipherSuites() {
        return parameters.cipherSuites;
    }

    @Override
    protected Vector getSupportedGroups(Vector roles) {
        return new Vector(IntStream.of(HandshakeParameters.GROUPS).boxed().toList());
    }

    @Override
    protected Vector getSupportedSignatureAlgorithms() {
        return HandshakeParameters.signatureAlgorithms();
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
    public Hashtable getClientExtensions() throws IOException {
        Hashtable extensions = TlsExtensionsUtils.ensureExtensionsInitialised(super.getClientExtensions());
        TlsSRTPUtils.addUseSRTPExtension(extensions, new UseSRTPData(parameters.profileCodes(), TlsUtils.EMPTY_BYTES));
        return extensions;
    }

    @Override
    public void processServerExtensions(Hashtable extensions) throws IOException {
        super.processServerExtensions(extensions);
        UseSRTPData srtp = TlsSRTPUtils.getUseSRTPExtension(extensions);
        if (srtp != null) {
            int[] chosen = srtp.getProtectionProfiles();
            parameters.profile = chosen.length == 1 ? SrtpProfile.of(chosen[0]) : null;
            if (!parameters.profiles.contains(parameters.profile)) {
                throw new TlsFatalAlert(
                        AlertDescription.illegal_parameter, "the server chose an SRTP profile that was not offered");
            }
        }
    }

    @Override
    public TlsAuthentication getAuthentication() {
        return new TlsAuthentication() {
            @Override
            public void notifyServerCertificate(TlsServerCertificate certificate) throws IOException {
                parameters.peer.verify(certificate.getCertificate());
            }

            @Override
            public TlsCredentials getClientCredentials(CertificateRequest request) throws IOException {
                return parameters.signer(context);
            }
        };
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
