namespace IoTCentral.Core.Certificates;

/// <summary>What a client showed in its TLS handshake; that it holds the leaf's private key TLS has proven.</summary>
/// <param name="Above">Certificates it sent along, DER, in any order; whether they lead anywhere is not known yet.</param>
public sealed record ClientCertificate(Certificate Leaf, IReadOnlyList<byte[]> Above);
