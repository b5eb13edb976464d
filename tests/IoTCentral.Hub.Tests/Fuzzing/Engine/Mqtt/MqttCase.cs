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

/// <inheritdoc cref="FuzzCase"/>
internal sealed record MqttCase(long Seed, int Index, LinkState State, CaseEnd End, bool IsSameDevice)
    : FuzzCase(Seed, Index, End, IsSameDevice)
{
    private static readonly LinkState[] States = Enum.GetValues<LinkState>();
    private static readonly PacketKind[] Kinds = Enum.GetValues<PacketKind>();

    public override string StateName => State.ToString();

    public override Task<string> AttackAsync(World world) => new MqttAttack(world, this).RunAsync();

    /// <summary>The same case for the same seed and index, everywhere.</summary>
    public static MqttCase Make(World world, long seed, int index)
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
            Tamper(recording, random, Kinds);
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
}

/// <summary>MQTT sessions, and requests by HTTPS beside them.</summary>
internal sealed class MqttProtocol : Protocol
{
    public override string Name => "MQTT";
    public override IReadOnlyList<string> Pairs => FuzzCase.AllPairs<LinkState, PacketKind>();

    public override FuzzCase Make(World world, long seed, int index) => MqttCase.Make(world, seed, index);

    public override IBystander BystanderIn(World world) => new Bystander(world, world.Third);

    public override Task BesidesAsync(World world, Random random) => new Requests(world, random).RunAsync();
}
