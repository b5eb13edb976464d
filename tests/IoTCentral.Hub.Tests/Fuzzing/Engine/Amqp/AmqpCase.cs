namespace IoTCentral.Hub.Tests.Fuzzing;

/// <inheritdoc cref="FuzzCase"/>
internal sealed record AmqpCase(long Seed, int Index, AmqpState State, CaseEnd End, bool IsSameDevice)
    : FuzzCase(Seed, Index, End, IsSameDevice)
{
    private static readonly AmqpState[] States = Enum.GetValues<AmqpState>();
    private static readonly AmqpKind[] Kinds = Enum.GetValues<AmqpKind>();

    public override string StateName => State.ToString();

    public override Task<string> AttackAsync(World world) => new AmqpAttack(world, this).RunAsync();

    /// <summary>The same case for the same seed and index, everywhere.</summary>
    public static AmqpCase Make(World world, long seed, int index)
    {
        var random = new Random(unchecked((int)(seed * 1_000_003 + index)));
        var state = States[index % States.Length];
        var kind = Kinds[index / States.Length % Kinds.Length];
        var isSame = random.Next(2) == 0;
        var other = isSame ? world.First : world.Second;
        var steps = Chopped(0, Frames(world.First, state, kind, random), random);
        if (random.Next(5) == 0)
            steps = Interleaved(steps, Chopped(1, Frames(other, AmqpState.SignedIn, null, random), random), random);
        return new(seed, index, state, Recordings.Any(random, Enum.GetValues<CaseEnd>()), isSame) { Steps = steps };
    }

    /// <summary>The first frame is of this kind, spoilt or not; what follows is a recording that was tampered with.</summary>
    private static List<byte[]> Frames(Speaker who, AmqpState state, AmqpKind? first, Random random)
    {
        var mutator = new AmqpMutator(random);
        var frames = new AmqpFrames(who, random);
        var recording = (state >= AmqpState.DpsSignedIn ? AmqpRecordings.Dps : AmqpRecordings.Hub).ToList();
        recording = recording[random.Next(recording.Count)..];
        if (state < AmqpState.Opened)
            recording = [.. AmqpRecordings.Beginning, .. recording];
        for (var n = random.Next(3); n > 0; n--)
            Tamper(recording, random, Kinds);
        var kinds = recording.Take(random.Next(10)).ToList();
        if (first is { } kind)
            kinds.Insert(0, kind);
        if (kinds.Count == 0)
            kinds.Add(AmqpKind.Empty);
        return [.. kinds.Select(k => Spoilt(frames.Of(k), mutator, random))];
    }

    private static byte[] Spoilt(AmqpDraft draft, AmqpMutator mutator, Random random) =>
        random.Next(10) switch
        {
            < 5 => draft.ToBytes(),
            < 9 => mutator.Spoil(draft).ToBytes(),
            _ => new Mutator(random, World.BystanderId).SpoilBytes(draft.ToBytes()),
        };
}

/// <summary>AMQP sessions.</summary>
internal sealed class AmqpProtocol : Protocol
{
    public override string Name => "AMQP";
    public override IReadOnlyList<string> Pairs => FuzzCase.AllPairs<AmqpState, AmqpKind>();

    public override FuzzCase Make(World world, long seed, int index) => AmqpCase.Make(world, seed, index);

    public override IBystander BystanderIn(World world) => new AmqpBystander(world, world.Third);
}
