using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Simulation;

/// <summary>Makes the source of a capability's values, from its profile or from what the template says of it.</summary>
internal sealed class SourceFactory(
    SimulationSettings settings,
    Rhythm rhythm,
    (double Latitude, double Longitude) home,
    ulong deviceSeed
)
{
    // About 300 m: a walk on the premises.
    private const double ReachDegrees = 0.003;

    public ValueSource Of(Capability c)
    {
        var seed = Noise.Seed(deviceSeed, c.Path.ToString());
        var source = Of(c, seed);
        return c.Is(DtdlTypes.Event) ? new EventSource(source, seed) : source;
    }

    /// <summary>The number's behaviour, for episodes that must know what is far from normal; null: it is no level.</summary>
    public LevelProfile? LevelOf(Capability c) =>
        c.Schema is { IsNumeric: true }
            ? ProfileOf(c, Noise.Seed(deviceSeed, c.Path.ToString())) as LevelProfile
            : null;

    private ValueSource Of(Capability c, ulong seed)
    {
        if (c.Schema is { IsNumeric: true })
        {
            if (c.SemanticType is "Latitude" or "Longitude")
                return Fixed(c.SemanticType == "Latitude" ? home.Latitude : home.Longitude, seed);
            return new NumberSource(ProfileOf(c, seed), IsWhole(c.Schema), rhythm, seed);
        }

        if (settings.States.TryGetValue(c.Path, out var state) && StateFormOf(c.Schema!) is { } form)
            return new StateSource(state, form, rhythm, seed);
        return Of(c.Schema!, c.Name, c.SemanticType, c.Unit, seed);
    }

    private NumberProfile ProfileOf(Capability c, ulong seed) =>
        settings.Numbers.TryGetValue(c.Path, out var given) ? given : ProfileGuess.Of(c, seed);

    private ValueSource Of(Schema schema, string name, string? type, string? unit, ulong seed) =>
        schema switch
        {
            { IsNumeric: true } => new NumberSource(
                ProfileGuess.Of(name, type, unit, schema, default, seed),
                IsWhole(schema),
                rhythm,
                seed
            ),
            EnumSchema e => new StateSource(StateGuess.Of(e), StateFormOf(e)!.Value, rhythm, seed),
            { Kind: SchemaKind.Boolean } => new StateSource(
                StateGuess.OfBoolean(name),
                StateForm.Literal,
                rhythm,
                seed
            ),
            { Kind: SchemaKind.Geopoint } => new PlaceSource(home, ReachDegrees, seed),
            GeoJsonSchema geo => new GeometrySource(geo.Type, home),
            { Kind: SchemaKind.Vector } => type == DtdlTypes.AccelerationVector
                ? new VectorSource(unit == "gForce" ? 1 : 9.81, unit == "gForce" ? 0.02 : 0.2, seed)
                : new VectorSource(0, 1, seed),
            { Kind: SchemaKind.DateTime } => new ClockSource("yyyy-MM-dd'T'HH:mm:ss'Z'"),
            { Kind: SchemaKind.Date } => new ClockSource("yyyy-MM-dd"),
            { Kind: SchemaKind.Time } => new ClockSource("HH:mm:ss"),
            { Kind: SchemaKind.Duration } => new TextSource($"PT{(int)Noise.Between(seed, 1, 5, 55)}M"),
            ObjectSchema o => Composite(o.Fields.Select(f => ((string?)f.Name, Member(f, seed)))),
            MapSchema m => Composite(
                new[] { "a", "b" }.Select(k => ((string?)k, Member(m.Value with { Name = k }, seed)))
            ),
            ArraySchema a => Composite(
                Enumerable.Range(0, 3).Select(i => ((string?)null, Of(a.Element, name, null, null, seed + (ulong)i)))
            ),
            _ => new TextSource(TextGuess.Of(name, seed)),
        };

    private ValueSource Member(SchemaField f, ulong seed) =>
        Of(f.Schema, f.Name, f.Types.FirstOrDefault(DtdlTypes.IsSemantic), f.Unit, Noise.Seed(seed, f.Name));

    private static CompositeSource Composite(IEnumerable<(string? Name, ValueSource Source)> parts) => new([.. parts]);

    private NumberSource Fixed(double value, ulong seed) =>
        new(new LevelProfile(value) { Decimals = 5 }, isWhole: false, rhythm, seed);

    private static bool IsWhole(Schema schema) => schema.Kind is SchemaKind.Integer or SchemaKind.Long;

    private static StateForm? StateFormOf(Schema schema) =>
        schema switch
        {
            EnumSchema { IsText: true } => StateForm.Text,
            EnumSchema or { Kind: SchemaKind.Boolean } => StateForm.Literal,
            _ => null,
        };
}
