using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace IoTCentral.Bench;

/// <summary>What one run of the load generator measured.</summary>
/// <param name="AckedTotal">Since the end of the warm-up, with those that came while it waited for the last ones.</param>
/// <param name="Faults">Connections refused or cut, errors of any kind; 0 in a good run.</param>
internal sealed record LoadResult(
    double AckedPerSecond,
    long AckedTotal,
    double AckP50Ms,
    double AckP99Ms,
    long Connected,
    double ConnectsPerSecond,
    long Faults,
    string LastError
)
{
    private static readonly string[] FaultNames =
    [
        "refused",
        "closed_before_connack",
        "connect_errors",
        "tls_errors",
        "connect_timeouts",
        "disconnected",
        "protocol_errors",
        "lost_inflight",
        "unacked",
    ];

    public static LoadResult Read(string line)
    {
        using var json = JsonDocument.Parse(line);
        var root = json.RootElement;
        var ack = root.GetProperty("ack_us");
        return new(
            root.GetProperty("acked_per_s").GetDouble(),
            root.GetProperty("acked_total").GetInt64(),
            ack.GetProperty("p50").GetDouble() / 1_000,
            ack.GetProperty("p99").GetDouble() / 1_000,
            root.GetProperty("connected").GetInt64(),
            root.GetProperty("connects_per_s").GetDouble(),
            FaultNames.Sum(n => root.GetProperty(n).GetInt64()),
            root.GetProperty("last_error").GetString() ?? ""
        );
    }
}

/// <summary>How the load generator publishes.</summary>
/// <param name="Rate">Messages a second in all; 0: as fast as acknowledgements come.</param>
internal sealed record LoadPlan(int Connections, int InFlight, int Rate, TimeSpan WarmUp, TimeSpan Length)
{
    /// <summary>Devices at the head of the credentials that are left out.</summary>
    public int Skip { get; init; }

    /// <summary>Template of the payload.</summary>
    public string Body { get; init; } = Fleet.Body;
}

/// <summary><c>bench/load/mqttload</c> against the hub, by TLS.</summary>
/// <param name="program">The built load generator.</param>
/// <param name="credentials">CSV, a line a device.</param>
internal sealed class Load(string program, string host, string credentials)
{
    public Task<LoadResult> PublishAsync(LoadPlan plan, CancellationToken ct) =>
        PublishAsync(plan, () => { }, () => { }, ct);

    /// <summary>Publishes; <paramref name="begin"/> is called when the warm-up is over, <paramref name="end"/> when the length is.</summary>
    public async Task<LoadResult> PublishAsync(LoadPlan plan, Action begin, Action end, CancellationToken ct)
    {
        using var run = Start([
            .. Window(plan.Connections, plan.Length),
            .. (string[])
                [
                    "-w",
                    Text(plan.InFlight),
                    "-n",
                    "0",
                    "-r",
                    Text(plan.Rate),
                    "-m",
                    plan.Body,
                    "--csv-skip",
                    Text(plan.Skip),
                ],
            .. (string[])["--warmup", Text((int)plan.WarmUp.TotalSeconds)],
        ]);
        try
        {
            await ConnectedAsync(run, ct);
            await Task.Delay(plan.WarmUp, ct);
            begin();
            await Task.Delay(plan.Length, ct);
            end();
            return await ResultAsync(run, ct);
        }
        finally
        {
            if (!run.HasExited)
                run.Kill();
        }
    }

    /// <summary>Connects and pings; <paramref name="when"/> is called when all of them stand.</summary>
    public async Task<LoadResult> IdleAsync(int connections, Func<Task> when, CancellationToken ct)
    {
        using var run = Start([.. Window(connections, TimeSpan.FromMinutes(10)), "--idle"]);
        try
        {
            await ConnectedAsync(run, ct);
            await when();
            using var interrupt = Process.Start("kill", ["-INT", Text(run.Id)]);
            return await ResultAsync(run, ct);
        }
        finally
        {
            if (!run.HasExited)
                run.Kill();
        }
    }

    private Process Start(IEnumerable<string> arguments)
    {
        string[] common =
        [
            "-h",
            host,
            "-p",
            "8883",
            "--tls",
            "--insecure",
            "--csv",
            credentials,
            "--lenient",
            "--bind-range",
            "8",
        ];
        return Process.Start(
            new ProcessStartInfo(program, [.. common, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            }
        )!;
    }

    private static async Task ConnectedAsync(Process run, CancellationToken ct)
    {
        while (await run.StandardError.ReadLineAsync(ct) is { } line)
        {
            if (line.StartsWith("connected ", StringComparison.Ordinal))
                return;
        }

        throw new InvalidOperationException("The load generator ended before its devices were connected.");
    }

    private static async Task<LoadResult> ResultAsync(Process run, CancellationToken ct)
    {
        var errors = run.StandardError.ReadToEndAsync(ct);
        var output = await run.StandardOutput.ReadToEndAsync(ct);
        await run.WaitForExitAsync(ct);
        await errors;
        return LoadResult.Read(output.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1]);
    }

    private static string[] Window(int connections, TimeSpan length) =>
        ["-c", Text(connections), "-d", Text((int)length.TotalSeconds)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
