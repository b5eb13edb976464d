using System.Diagnostics;
using System.Text.Json;

namespace IoTCentral.Testing;

/// <summary>What the READY line of a server says.</summary>
public sealed record Ready(
    string Web,
    string? Setup,
    string Mqtt,
    string? Amqp,
    string? Https,
    string Ca,
    string? IdScope
);

/// <summary>
/// The built program as a process of its own, as people run it: own data folder, own PostgreSQL, own loopback address
/// with the standard ports. It can be stopped, killed and started again on the same data.
/// </summary>
public sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(60);

    private readonly IReadOnlyList<string> _settings;
    private ProgramRun? _run;

    private readonly IReadOnlyDictionary<string, string>? _environment;

    private ServerProcess(
        string address,
        IReadOnlyList<string> settings,
        IReadOnlyDictionary<string, string>? environment
    )
    {
        (DataFolder, Address, _environment) = (TestRun.NewFolder("server"), address, environment);
        _settings =
        [
            $"--data={DataFolder}",
            $"--Http:Address={address}",
            $"--Http:Port={Loopback.FreePort(address)}",
            $"--Hub:Address={address}",
            "--Demo=false",
            .. settings,
        ];
    }

    public string DataFolder { get; }

    /// <summary>Where devices connect (ports 8883 and 5671) and pages are.</summary>
    public string Address { get; }

    public Ready Ready { get; private set; } = null!;

    public int ProcessId => Run.Process.Id;

    /// <summary>All it has written to both streams since its last start.</summary>
    public string Log => Run.Log;

    private ProgramRun Run => _run ?? throw new InvalidOperationException("The server was never started.");

    /// <summary>Starts a server on new data; returns when it is ready.</summary>
    /// <param name="settings">More of them, as on the command line; they win.</param>
    public static Task<ServerProcess> StartAsync(IReadOnlyList<string> settings, CancellationToken ct) =>
        StartAsync(settings, environment: null, ct);

    /// <param name="environment">Variables it gets besides ours.</param>
    /// <inheritdoc cref="StartAsync(IReadOnlyList{string}, CancellationToken)"/>
    public static async Task<ServerProcess> StartAsync(
        IReadOnlyList<string> settings,
        IReadOnlyDictionary<string, string>? environment,
        CancellationToken ct
    )
    {
        var server = new ServerProcess(Loopback.NewAddress(), settings, environment);
        await server.StartAsync(ct);
        return server;
    }

    /// <summary>One with an empty data folder, to be filled before it is started.</summary>
    public static ServerProcess Make(IReadOnlyList<string> settings) => new(Loopback.NewAddress(), settings, null);

    /// <summary>Starts it again, after <see cref="StopAsync"/> or <see cref="KillAsync"/>, on the same data and doors.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        _run = ProgramRun.Start(_settings, _environment);
        var line = await Run.LineAsync(l => l.StartsWith("READY ", StringComparison.Ordinal), StartPatience, ct);
        Ready = JsonSerializer.Deserialize<Ready>(line["READY ".Length..], JsonSerializerOptions.Web)!;
    }

    /// <summary>Asks it to stop (SIGTERM); its exit code.</summary>
    public async Task<int> StopAsync(CancellationToken ct)
    {
        await Run.SignalAsync("TERM", ct);
        return await Run.ExitAsync(StopPatience, ct);
    }

    /// <summary>kill -9. Its PostgreSQL lives on, and the next start takes it over.</summary>
    public async Task KillAsync(CancellationToken ct)
    {
        Run.Process.Kill();
        await Run.ExitAsync(StopPatience, ct);
    }

    /// <summary>kill -9 of the PostgreSQL it runs, or another signal (<c>QUIT</c>: PostgreSQL's immediate stop).</summary>
    public async Task KillDatabaseAsync(string signal, CancellationToken ct)
    {
        var pid = Data.Server.Postmaster.FindAlive(Data.Server.ClusterPlace.Find(DataFolder)!.Cluster);
        await ProgramRun.SignalAsync(pid ?? throw new InvalidOperationException("No PostgreSQL runs."), signal, ct);
    }

    /// <summary>Runs a command of the program on the same data, such as <c>token --app a --role Builder</c>.</summary>
    /// <exception cref="InvalidOperationException">It was refused; the message is what it said.</exception>
    public async Task<string> CommandAsync(IReadOnlyList<string> arguments, CancellationToken ct)
    {
        var database = _settings.Where(s => s.StartsWith("--ConnectionStrings:", StringComparison.Ordinal));
        var command = ProgramRun.Start([.. arguments, $"--data={DataFolder}", .. database]);
        var code = await command.ExitAsync(StartPatience, ct);
        return code == 0 ? command.Output.Trim() : throw new InvalidOperationException(command.Log);
    }

    public async ValueTask DisposeAsync()
    {
        if (_run is not null && !_run.Process.HasExited)
        {
            await StopAsync(CancellationToken.None);
        }
    }
}
