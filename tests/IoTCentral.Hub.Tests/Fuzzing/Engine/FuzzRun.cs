using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What came of a run.</summary>
/// <param name="Pairs">Each state with each kind of packet.</param>
/// <param name="Reached">How often each state met each kind of packet.</param>
/// <param name="Failure">Null: nothing was found; else the case with a replay as short as it could be made.</param>
internal sealed record FuzzReport(
    string Name,
    int Cases,
    TimeSpan Took,
    IReadOnlyList<string> Pairs,
    IReadOnlyDictionary<string, int> Reached,
    string? Failure
)
{
    public IReadOnlyList<string> Missing => [.. Pairs.Where(p => !Reached.ContainsKey(p))];

    public override string ToString() =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"{Name}: {Cases:N0} cases in {Took.TotalSeconds:0.0} s ({Cases / Took.TotalSeconds:N0}/s); {Reached.Count} of {Pairs.Count} pairs of state and packet reached, the rarest {(Reached.Count == 0 ? 0 : Reached.Values.Min())} times"
        );
}

/// <summary>Runs cases on several worlds at once, and makes a failure small enough to read.</summary>
internal sealed class FuzzRun(Protocol protocol, long seed)
{
    // A world that has seen this many is looked at for what it should have forgotten.
    private const int CasesPerWorld = 2_500;

    // The last connections may still lie on a stack.
    private const int MostForgotten = 4;

    private readonly ConcurrentDictionary<string, int> _reached = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<string> _unobserved = new();
    private string? _failure;

    /// <param name="from">First case; the same numbers are the same cases.</param>
    public async Task<FuzzReport> RunAsync(int from, int cases, int workers, Action<int>? progress = null)
    {
        var started = Stopwatch.GetTimestamp();
        var next = from - CasesPerWorld;
        var done = 0;
        TaskScheduler.UnobservedTaskException += Note;
        try
        {
            await Task.WhenAll(Enumerable.Range(0, workers).Select(_ => Task.Run(WorkAsync)));
        }
        finally
        {
            TaskScheduler.UnobservedTaskException -= Note;
        }

        var failure = _failure ?? (_unobserved.TryDequeue(out var fault) ? $"Nobody saw: {fault}" : null);
        return new(protocol.Name, done, Stopwatch.GetElapsedTime(started), protocol.Pairs, _reached, failure);

        async Task WorkAsync()
        {
            while (_failure is null && Interlocked.Add(ref next, CasesPerWorld) is var first && first < from + cases)
            {
                var count = Math.Min(CasesPerWorld, from + cases - first);
                await RunWorldAsync(first, count);
                var sum = Interlocked.Add(ref done, count);
                progress?.Invoke(sum);
            }
        }
    }

    private async Task RunWorldAsync(int first, int count)
    {
        await using var world = new World(protocol);
        await world.Bystander.ConnectAsync();
        for (var index = first; index < first + count && _failure is null; index++)
        {
            var what = protocol.Make(world, seed, index);
            if (await TryAsync(world, what) is { } fault)
                Interlocked.CompareExchange(ref _failure, Describe(what, await ShortenAsync(what), fault), null);
            else if (
                await TryAsync(() => protocol.BesidesAsync(world, new Random(unchecked((int)(seed + index))))) is
                { } bad
            )
                Interlocked.CompareExchange(ref _failure, $"{bad}{Environment.NewLine}{Again(what)}", null);
        }

        if (_failure is not null)
            return;
        await world.Bystander.EndAsync();
        if (world.CountLinks() is var kept and > MostForgotten)
            _failure = $"{kept} connections that ended are still in memory after cases {first} to {first + count}.";
    }

    /// <summary>The fault; null: none.</summary>
    private Task<string?> TryAsync(World world, FuzzCase what) =>
        TryAsync(async () =>
        {
            _reached.AddOrUpdate(await what.AttackAsync(world), 1, (_, n) => n + 1);
        });

    private static async Task<string?> TryAsync(Func<Task> run)
    {
        try
        {
            await run();
            return null;
        }
        catch (Exception e)
        {
            return e is FuzzFailure ? e.Message : e.ToString();
        }
    }

    /// <summary>The case without what it fails without; null: alone, in a new world, it does not fail.</summary>
    private async Task<FuzzCase?> ShortenAsync(FuzzCase what)
    {
        if (!await FailsAsync(what))
            return null;
        for (var at = what.Steps.Count - 1; at >= 0 && what.Steps.Count > 1; at--)
        {
            var without = what with { Steps = [.. what.Steps.Where((_, i) => i != at)] };
            if (await FailsAsync(without))
                what = without;
        }

        return what;
    }

    private async Task<bool> FailsAsync(FuzzCase what)
    {
        await using var world = new World(protocol);
        await world.Bystander.ConnectAsync();
        return await TryAsync(world, what) is not null;
    }

    private static string Describe(FuzzCase what, FuzzCase? shorter, string fault)
    {
        var text = new StringBuilder()
            .AppendLine(fault)
            .AppendLine(Again(what))
            .AppendLine(
                CultureInfo.InvariantCulture,
                $"State {what.StateName}, end {what.End}, same device {what.IsSameDevice}"
            )
            .AppendLine(shorter is null ? "Alone in a new world it does not fail; all of it:" : "Shortest replay:");
        foreach (var step in (shorter ?? what).Steps)
            text.AppendLine(CultureInfo.InvariantCulture, $"{"AB"[step.Link]}> {Show(step.Bytes)}");
        return text.ToString();
    }

    private static string Again(FuzzCase what) =>
        string.Create(CultureInfo.InvariantCulture, $"Again: FUZZ_SEED={what.Seed} FUZZ_CASE={what.Index}");

    private static string Show(byte[] bytes) =>
        Convert.ToHexString(bytes.AsSpan(0, Math.Min(bytes.Length, 2000)))
        + (bytes.Length > 2000 ? $"… ({bytes.Length} bytes)" : "");

    private void Note(object? sender, UnobservedTaskExceptionEventArgs e) =>
        _unobserved.Enqueue(e.Exception.ToString());
}
