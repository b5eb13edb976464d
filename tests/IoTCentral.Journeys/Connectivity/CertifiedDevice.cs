using System.Diagnostics;
using System.Security.Cryptography.X509Certificates;
using IoTCentral.Testing;

namespace IoTCentral.Journeys.Connectivity;

/// <summary>A device in Node with Microsoft's SDK and a certificate, which registers when it starts.</summary>
internal sealed class CertifiedDevice(Process process) : IAsyncDisposable
{
    public static async Task<CertifiedDevice> StartAsync(
        ServerProcess server,
        string idScope,
        X509Certificate2 certificate,
        CancellationToken ct
    )
    {
        var folder = TestRun.NewFolder("certified");
        var (pem, key) = (Path.Combine(folder, "device.pem"), Path.Combine(folder, "device.key"));
        await File.WriteAllTextAsync(pem, certificate.ExportCertificatePem(), ct);
        using var secret = certificate.GetECDsaPrivateKey()!;
        await File.WriteAllTextAsync(key, secret.ExportPkcs8PrivateKeyPem(), ct);
        var id = certificate.GetNameInfo(X509NameType.SimpleName, forIssuer: false);
        var start = new ProcessStartInfo("node", ["certified.mjs", server.Address, idScope, id, pem, key])
        {
            WorkingDirectory = await DeviceClients.FolderAsync(ct),
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        start.Environment["NODE_EXTRA_CA_CERTS"] = server.Ready.Ca;
        var process = Process.Start(start)!;
        TestRun.Note(process);
        return new CertifiedDevice(process);
    }

    /// <summary>The next thing it says.</summary>
    public async Task<string?> SaysAsync(CancellationToken ct) => await process.StandardOutput.ReadLineAsync(ct);

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
            process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }
}
