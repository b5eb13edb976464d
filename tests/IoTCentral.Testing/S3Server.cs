using System.Diagnostics;
using System.Globalization;

namespace IoTCentral.Testing;

/// <summary>A server of the S3 protocol (npm s3rver) on a free port of 127.0.0.1, with one bucket and its one key.</summary>
public sealed class S3Server : IAsyncDisposable
{
    /// <summary>Of the key and its secret alike.</summary>
    public const string Key = "S3RVER";
    public const string Bucket = "iot-files";

    private readonly Process _process;
    private readonly string _data;

    private S3Server(Process process, string data, int port) =>
        (_process, _data, Authority) = (
            process,
            data,
            string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}")
        );

    public string Authority { get; }
    public string Endpoint => $"http://{Authority}";

    /// <summary>The bytes of what is in the bucket.</summary>
    public IReadOnlyList<FileInfo> Objects() =>
        [
            .. new DirectoryInfo(Path.Combine(_data, Bucket)).EnumerateFiles(
                "*._S3rver_object",
                SearchOption.AllDirectories
            ),
        ];

    public static async Task<S3Server> StartAsync(CancellationToken ct)
    {
        var folder = await NpmFolder.EnsureAsync("tests/IoTCentral.Testing/s3rver", ct);
        var port = Loopback.FreePort("127.0.0.1");
        var data = TestRun.NewFolder("s3");
        var start = new ProcessStartInfo(
            "node",
            [
                "node_modules/s3rver/bin/s3rver.js",
                "--directory",
                data,
                "--address",
                "127.0.0.1",
                "--port",
                port.ToString(CultureInfo.InvariantCulture),
                "--silent",
                "--configure-bucket",
                Bucket,
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
            if (line.Contains("listening", StringComparison.Ordinal))
            {
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new S3Server(process, data, port);
            }
        }

        throw new InvalidOperationException("s3rver does not start.");
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
