using System.Globalization;

namespace IoTCentral.Bench;

/// <summary>A load that was run and what it cost.</summary>
internal sealed record Run(LoadResult Load, CpuUse Cpu)
{
    /// <summary>µs of a processor for each message, server and PostgreSQL.</summary>
    public double CpuPerMessage => (Cpu.Server + Cpu.Database) * 1e6 / Messages;

    public string Note =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"µs a message: server {Cpu.Server * 1e6 / Messages:0.0}, PostgreSQL {Cpu.Database * 1e6 / Messages:0.0}; p99 {Load.AckP99Ms:0.#} ms"
        );

    private double Messages => Load.AckedPerSecond * Cpu.Over.TotalSeconds;
}

internal static class Runs
{
    /// <summary>Runs a load and checks that all it was told is stored is stored.</summary>
    public static async Task<Run> RunAsync(
        Server server,
        Load load,
        LoadPlan plan,
        Action<string> say,
        CancellationToken ct
    )
    {
        var pace = plan.Rate == 0 ? "as fast as it goes" : $"{plan.Rate:N0} messages/s";
        say($"{plan.Connections:N0} devices, {plan.InFlight} in flight each, {pace} …");
        var before = await server.StoredAsync(ct);
        Func<CpuUse> count = () => default;
        CpuUse cpu = default;
        var result = await load.PublishAsync(plan, () => count = server.Count(), () => cpu = count(), ct);
        var stored = await server.StoredAsync(ct) - before;
        if (result.Faults > 0)
            throw new InvalidOperationException($"{result.Faults} connections or messages failed: {result.LastError}");
        if (stored < result.AckedTotal)
            throw new InvalidOperationException(
                $"{result.AckedTotal} messages were acknowledged, {stored} are stored."
            );
        var run = new Run(result, cpu);
        say($"  {Row.Show(result.AckedPerSecond)} messages/s; {run.Note}");
        return run;
    }
}
