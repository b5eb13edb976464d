using CsCheck;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

/// <summary>Random legal templates.</summary>
internal static class TemplateGen
{
    private static readonly Gen<string> Text = Gen.OneOf(
        Gen.Const("Ölstand \"hoch\" </script>"),
        Gen.String[Gen.Char['a', 'z'], 1, 20]
    );

    private static readonly Gen<LocalizedText?> Label = Gen.OneOf(
        Gen.Const((LocalizedText?)null),
        Text.Select(t => (LocalizedText?)new LocalizedText(t)),
        Gen.Select(Text, Text).Select(t => (LocalizedText?)new LocalizedText([new("en", t.Item1), new("de", t.Item2)]))
    );

    private static readonly Gen<Schema> Primitive = Pick(
        Schema.Boolean,
        Schema.Integer,
        Schema.Long,
        Schema.Float,
        Schema.Double,
        Schema.String,
        Schema.Date,
        Schema.DateTime,
        Schema.Time,
        Schema.Duration,
        Schema.Geopoint,
        Schema.Vector
    );

    private static readonly Gen<Schema> Enum = Gen.Select(Gen.Int[1, 5], Gen.Bool)
        .Select(
            (count, isText) =>
                (Schema)
                    new EnumSchema(
                        [
                            .. Enumerable
                                .Range(0, count)
                                .Select(i => new EnumValue($"v{i}", isText ? $"V{i}" : $"{i - 2}")),
                        ],
                        isText
                    )
        );

    private static readonly Gen<Schema> AnySchema = Gen.Recursive<Schema>(
        (depth, schema) =>
            depth >= 2
                ? Primitive
                : Gen.Frequency(
                    (6, Primitive),
                    (1, Enum),
                    (
                        1,
                        schema
                            .Array[1, 3]
                            .Select(f => (Schema)new ObjectSchema([.. f.Select((s, i) => new SchemaField($"f{i}", s))]))
                    ),
                    (1, schema.Select(s => (Schema)new ArraySchema(s))),
                    (
                        1,
                        schema.Select(s =>
                            (Schema)new MapSchema(new SchemaField("k", Schema.String), new SchemaField("v", s))
                        )
                    )
                )
    );

    /// <summary>DTDL v2 allows no arrays in properties.</summary>
    private static readonly Gen<Schema> PropertySchema = Gen.OneOf(Primitive, Enum);

    private static readonly Gen<Capability> Measured = Gen.Select(Pick([.. Units.All]), Gen.Bool, Gen.Bool)
        .Select(
            (unit, fits, isProperty) =>
                new Capability
                {
                    Kind = isProperty ? CapabilityKind.Property : CapabilityKind.Telemetry,
                    Name = "x",
                    Schema = Schema.Double,
                    Types = [DtdlTypes.Quantities.First(q => fits == (q.Value == unit.Family)).Key],
                    Unit = unit.Name,
                    DisplayUnit = fits ? unit.Symbol : null,
                    MinValue = fits ? -1.5 : null,
                    DecimalPlaces = fits ? 2 : null,
                }
        );

    private static readonly Gen<Capability> Leaf = Gen.OneOf(
        Measured,
        AnySchema.Select(s => new Capability
        {
            Kind = CapabilityKind.Telemetry,
            Name = "x",
            Schema = s,
        }),
        Gen.Select(PropertySchema, Pick<bool?>(null, true, false))
            .Select(
                (s, w) =>
                    new Capability
                    {
                        Kind = CapabilityKind.Property,
                        Name = "x",
                        Schema = s,
                        Writable = w,
                    }
            ),
        AnySchema.Select(s => new Capability
        {
            Kind = CapabilityKind.Command,
            Name = "x",
            Request = new CommandPayload("in", s),
            Durable = true,
        }),
        Gen.Const(new Capability { Kind = CapabilityKind.Relationship, Name = "x" })
    );

    private static Gen<TemplateInterface> Interface(string name, string prefix, int maxContents) =>
        Gen.Select(Gen.Select(Leaf, Label).Array[0, maxContents], Label)
            .Select(
                (contents, label) =>
                    new TemplateInterface
                    {
                        Id = $"dtmi:test:{name};1",
                        DisplayName = label,
                        Contents =
                        [
                            .. contents.Select((c, i) => c.Item1 with { Name = $"{prefix}{i}", DisplayName = c.Item2 }),
                        ],
                    }
            );

    public static readonly Gen<DeviceTemplate> Any = Gen.Select(
            Interface("Root", "r", 8),
            Interface("Base", "b", 3),
            Interface("Part", "p", 4),
            Gen.Int[0, 3],
            Gen.Bool
        )
        .Select(
            (root, inherited, part, components, hasBase) =>
                new DeviceTemplate
                {
                    Id = "dtmi:test:template;1",
                    DisplayName = "Test",
                    Root = root with
                    {
                        Extends = hasBase ? [inherited] : [],
                        Contents =
                        [
                            .. root.Contents,
                            .. Enumerable
                                .Range(0, components)
                                .Select(i => new Capability
                                {
                                    Kind = CapabilityKind.Component,
                                    Name = $"part{i}",
                                    Interface = part,
                                }),
                            new Capability
                            {
                                Kind = CapabilityKind.Property,
                                Name = "owner",
                                Types = [DtdlTypes.Cloud],
                                Schema = Schema.String,
                            },
                        ],
                    },
                }
        );

    public static IReadOnlyList<DeviceTemplate> Many(int count)
    {
        var many = new List<DeviceTemplate>();
        Any.Sample(many.Add, iter: count, threads: 1);
        return many;
    }

    public static Gen<T> Pick<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);
}
