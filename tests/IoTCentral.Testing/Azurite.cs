using System.Diagnostics;
using System.Globalization;

namespace IoTCentral.Testing;

/// <summary>Microsoft's emulator of Azure's blob storage (npm azurite) on a free port of 127.0.0.1, with its well-known account.</summary>
public sealed class Azurite : IAsyncDisposable
{
    // Published by Microsoft for its emulators; it opens nothing else.
    private const string Key =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
    private const string Account = "devstoreaccount1";

    private readonly Process _process;

    private Azurite(Process process, int port) =>
        (_process, ConnectionString) = (
            process,
            string.Create(
                CultureInfo.InvariantCulture,
                $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{port}/{Account};"
            )
        );

    public string ConnectionString { get; }

    public static async Task<Azurite> StartAsync(CancellationToken ct)
    {
        var folder = await NpmFolder.EnsureAsync("tests/IoTCentral.Testing/azurite", ct);
        var port = Loopback.FreePort("127.0.0.1");
        var start = new ProcessStartInfo(
            "node",
            [
                "node_modules/azurite/dist/src/blob/main.js",
                "--inMemoryPersistence",
                "--skipApiVersionCheck",
                "--disableTelemetry",
                "--blobHost",
                "127.0.0.1",
                "--blobPort",
                port.ToString(CultureInfo.InvariantCulture),
            ]
        )
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        var process = Process.Start(start)!;
        TestRun.Note(process);
        while (await process.StandardOutput.ReadLineAsync(ct) is { } line)
        {
            if (line.Contains("successfully listens", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new Azurite(process, port);
            }
        }

        throw new InvalidOperationException("Azurite does not start.");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }
}
