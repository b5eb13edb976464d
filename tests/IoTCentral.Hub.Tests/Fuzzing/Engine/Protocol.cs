namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>What is fuzzed: its cases, and who minds their own business beside them.</summary>
internal abstract class Protocol
{
    public abstract string Name { get; }

    /// <summary>Every state with every packet that may meet it.</summary>
    public abstract IReadOnlyList<string> Pairs { get; }

    /// <summary>The same case for the same seed and index, everywhere.</summary>
    public abstract FuzzCase Make(World world, long seed, int index);

    public abstract IBystander BystanderIn(World world);

    /// <summary>Something else that is tried after each case.</summary>
    public virtual Task BesidesAsync(World world, Random random) => Task.CompletedTask;
}

/// <summary>A healthy device beside the attack, which notices when anything of it is not as it should be.</summary>
internal interface IBystander
{
    Task ConnectAsync();

    /// <param name="isFull">Besides telemetry all that goes to it.</param>
    Task CheckAsync(bool isFull);

    Task EndAsync();
}

/// <param name="Link">0: the first connection; 1: the second.</param>
internal sealed record Step(int Link, byte[] Bytes);

/// <summary>How the case ends a connection that is still there.</summary>
internal enum CaseEnd
{
    Close,
    Break,

    /// <summary>It says good-bye.</summary>
    Disconnect,

    /// <summary>Nothing more comes, for longer than it may be silent.</summary>
    Silence,

    /// <summary>The device is blocked.</summary>
    Cut,

    /// <summary>The same device connects anew.</summary>
    Replace,

    /// <summary>The hub stops.</summary>
    Stop,
}

/// <summary>One attack: a connection brought into a state, then bytes on it and perhaps on a second one.</summary>
/// <param name="IsSameDevice">Whether the second connection is the first one's device.</param>
internal abstract record FuzzCase(long Seed, int Index, CaseEnd End, bool IsSameDevice)
{
    public required IReadOnlyList<Step> Steps { get; init; }
    public bool HasSecond => Steps.Any(s => s.Link == 1);
    public abstract string StateName { get; }

    /// <returns>The state and the kind of the first packet that was sent in it.</returns>
    /// <exception cref="FuzzFailure">The oracle that was broken.</exception>
    public abstract Task<string> AttackAsync(World world);

    public static string Pair<TState, TKind>(TState state, TKind kind)
        where TState : struct, Enum
        where TKind : struct, Enum => $"{state} × {kind}";

    public static IReadOnlyList<string> AllPairs<TState, TKind>()
        where TState : struct, Enum
        where TKind : struct, Enum =>
        [.. Enum.GetValues<TState>().SelectMany(s => Enum.GetValues<TKind>().Select(k => Pair(s, k)))];

    /// <summary>Packets as they come, all at once, or cut anywhere.</summary>
    protected static List<Step> Chopped(int link, List<byte[]> packets, Random random)
    {
        switch (random.Next(4))
        {
            case 0:
                return [new(link, [.. packets.SelectMany(p => p)])];
            case 1:
                var all = packets.SelectMany(p => p).ToArray();
                var steps = new List<Step>();
                for (var at = 0; at < all.Length; )
                {
                    var length = Math.Min(all.Length - at, 1 + random.Next(all.Length < 2000 ? 40 : all.Length));
                    steps.Add(new(link, all[at..(at + length)]));
                    at += length;
                }

                return steps;
            default:
                return [.. packets.Select(p => new Step(link, p))];
        }
    }

    protected static List<Step> Interleaved(List<Step> first, List<Step> second, Random random)
    {
        var steps = new List<Step>();
        var (a, b) = (0, 0);
        while (a < first.Count || b < second.Count)
            steps.Add(b == second.Count || (a < first.Count && random.Next(2) == 0) ? first[a++] : second[b++]);
        return steps;
    }

    /// <summary>Repeats, drops, swaps or adds something of a recording.</summary>
    protected static void Tamper<T>(List<T> recording, Random random, T[] all)
    {
        if (recording.Count == 0)
            return;
        var at = random.Next(recording.Count);
        var to = random.Next(recording.Count);
        switch (random.Next(4))
        {
            case 0:
                recording.Insert(at, recording[at]);
                break;
            case 1:
                recording.RemoveAt(at);
                break;
            case 2:
                (recording[at], recording[to]) = (recording[to], recording[at]);
                break;
            default:
                recording.Insert(at, Recordings.Any(random, all));
                break;
        }
    }
}
