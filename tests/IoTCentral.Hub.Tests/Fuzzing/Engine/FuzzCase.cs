namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>Where a connection stands when the first mutated packet comes.</summary>
internal enum LinkState
{
    /// <summary>No CONNECT yet.</summary>
    Fresh,

    /// <summary>CONNECT is being looked at: storage is slow.</summary>
    SigningIn,

    /// <summary>Its CONNECT was refused.</summary>
    Refused,
    Connected,

    /// <summary>It has subscribed to everything.</summary>
    Listening,

    /// <summary>Connected again to a session that was kept.</summary>
    Resumed,

    /// <summary>Messages are not stored yet.</summary>
    InFlight,

    /// <summary>So many are not stored yet that the hub reads on when some are.</summary>
    WindowFull,

    /// <summary>A twin request is not answered yet.</summary>
    TwinPending,

    /// <summary>A method waits for its answer.</summary>
    MethodOpen,

    /// <summary>Messages to it wait for its PUBACK.</summary>
    CloudInHand,

    /// <summary>It has said good-bye.</summary>
    Left,

    /// <summary>The hub stops while messages are not stored yet.</summary>
    Stopping,
    DpsConnected,
    DpsListening,

    /// <summary>It has registered and waits for the answer.</summary>
    DpsPending,
    DpsAssigned,
}

/// <summary>How the case ends a connection that is still there.</summary>
internal enum CaseEnd
{
    Close,
    Break,
    Disconnect,

    /// <summary>Nothing more comes, for longer than its keep-alive.</summary>
    Silence,

    /// <summary>The device is blocked.</summary>
    Cut,

    /// <summary>The same device connects anew.</summary>
    Replace,

    /// <summary>The hub stops.</summary>
    Stop,
}

/// <param name="Link">0: the first connection; 1: the second.</param>
internal sealed record Step(int Link, byte[] Bytes);

/// <summary>One attack: a connection brought into a state, then bytes on it and perhaps on a second one.</summary>
/// <param name="IsSameDevice">Whether the second connection is the first one's device.</param>
internal sealed record FuzzCase(long Seed, int Index, LinkState State, CaseEnd End, bool IsSameDevice)
{
    private static readonly LinkState[] States = Enum.GetValues<LinkState>();
    private static readonly PacketKind[] Kinds = Enum.GetValues<PacketKind>();

    public required IReadOnlyList<Step> Steps { get; init; }
    public bool HasSecond => Steps.Any(s => s.Link == 1);

    public static int Pairs => States.Length * Kinds.Length;

    /// <summary>The same case for the same seed and index, everywhere.</summary>
    public static FuzzCase Make(World world, long seed, int index)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003 + index)));
        var state = States[index % States.Length];
        var kind = Kinds[index / States.Length % Kinds.Length];
        var isSame = random.Next(2) == 0;
        var other = isSame ? world.First : world.Second;
        var steps = Chopped(0, Packets(world.First, state, kind, random), random);
        if (random.Next(5) == 0)
            steps = Interleaved(steps, Chopped(1, Packets(other, LinkState.Connected, null, random), random), random);
        return new(seed, index, state, Recordings.Any(random, Enum.GetValues<CaseEnd>()), isSame) { Steps = steps };
    }

    /// <summary>The first packet is of this kind, spoilt or not; what follows is a recording that was tampered with.</summary>
    private static List<byte[]> Packets(Speaker who, LinkState state, PacketKind? first, Random random)
    {
        var mutator = new Mutator(random, World.BystanderId);
        var recording = (state >= LinkState.DpsConnected ? Recordings.Dps : Recordings.Hub).ToList();
        recording = recording[random.Next(recording.Count)..];
        for (var n = random.Next(3); n > 0; n--)
            Tamper(recording, random);
        var drafts = recording.Take(random.Next(8)).Select(k => Recordings.Of(k, who, random)).ToList();
        if (first is { } kind)
            drafts.Insert(0, Recordings.Of(kind, who, random));
        if (drafts.Count == 0)
            drafts.Add(Recordings.Of(PacketKind.PingReq, who, random));
        return [.. drafts.Select(d => Spoilt(d, mutator, random))];
    }

    private static byte[] Spoilt(Draft draft, Mutator mutator, Random random) =>
        random.Next(10) switch
        {
            < 5 => draft.ToBytes(),
            < 9 => mutator.Spoil(draft).ToBytes(),
            _ => mutator.SpoilBytes(draft.ToBytes()),
        };

    private static void Tamper(List<PacketKind> recording, Random random)
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
                recording.Insert(at, Recordings.Any(random, Kinds));
                break;
        }
    }

    /// <summary>Packets as they come, all at once, or cut anywhere.</summary>
    private static List<Step> Chopped(int link, List<byte[]> packets, Random random)
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

    private static List<Step> Interleaved(List<Step> first, List<Step> second, Random random)
    {
        var steps = new List<Step>();
        var (a, b) = (0, 0);
        while (a < first.Count || b < second.Count)
            steps.Add(b == second.Count || (a < first.Count && random.Next(2) == 0) ? first[a++] : second[b++]);
        return steps;
    }
}
