using System.Diagnostics;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;

namespace IoTCentral.Testing;

/// <summary>A mail as it came over SMTP.</summary>
/// <param name="Secure">Whether the connection was encrypted (STARTTLS).</param>
/// <param name="User">Who had signed in; null: nobody.</param>
/// <param name="Raw">RFC 5322 message.</param>
public sealed record SunkMail(string From, IReadOnlyList<string> To, bool Secure, string? User, byte[] Raw);

/// <summary>
/// A real SMTP server (npm smtp-server) on a free port of 127.0.0.1 that keeps what it gets. <c>nobody@…</c> is refused
/// for ever, <c>later@…</c> for now.
/// </summary>
public sealed class SmtpSink : IAsyncDisposable
{
    private static readonly SemaphoreSlim Installing = new(1);

    private readonly Process _process;
    private readonly Channel<SunkMail> _mails = Channel.CreateUnbounded<SunkMail>();

    private SmtpSink(Process process, int port)
    {
        (_process, Port) = (process, port);
        _ = ReadAsync();
    }

    public string Host => "127.0.0.1";

    public int Port { get; }

    /// <param name="user">Null: anybody may send.</param>
    /// <param name="isPlain">It signs people in but offers no encryption.</param>
    public static async Task<SmtpSink> StartAsync(
        string? user,
        string? password,
        CancellationToken ct,
        bool isPlain = false
    )
    {
        var folder = Folder();
        await InstallAsync(folder, ct);
        var process = Start(
            "node",
            user is null ? "sink.mjs" : $"sink.mjs {user} {password} {(isPlain ? "plain" : "")}",
            folder
        );
        TestRun.Note(process);
        var port = await process.StandardOutput.ReadLineAsync(ct);
        return new(process, int.Parse(port!, CultureInfo.InvariantCulture));
    }

    /// <summary>The next mail; waits for it.</summary>
    public async Task<SunkMail> ReceiveAsync(CancellationToken ct) => await _mails.Reader.ReadAsync(ct);

    /// <summary>A mail that has come already, or null.</summary>
    public SunkMail? TryReceive() => _mails.Reader.TryRead(out var mail) ? mail : null;

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private async Task ReadAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            await _mails.Writer.WriteAsync(JsonSerializer.Deserialize<SunkMail>(line, JsonSerializerOptions.Web)!);
        }

        _mails.Writer.Complete();
    }

    private static async Task InstallAsync(string folder, CancellationToken ct)
    {
        await Installing.WaitAsync(ct);
        try
        {
            if (Directory.Exists(Path.Combine(folder, "node_modules", "smtp-server")))
            {
                return;
            }

            using var npm = Start("npm", "ci --no-audit --no-fund", folder);
            await npm.StandardOutput.ReadToEndAsync(ct);
            await npm.WaitForExitAsync(ct);
            if (npm.ExitCode != 0)
            {
                throw new InvalidOperationException($"npm ci failed in {folder}.");
            }
        }
        finally
        {
            Installing.Release();
        }
    }

    private static Process Start(string program, string arguments, string folder) =>
        Process.Start(
            new ProcessStartInfo(program, arguments)
            {
                WorkingDirectory = folder,
                UseShellExecute = false,
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            }
        )!;

    private static string Folder([CallerFilePath] string file = "") =>
        Path.Combine(Path.GetDirectoryName(file)!, "smtp");
}
