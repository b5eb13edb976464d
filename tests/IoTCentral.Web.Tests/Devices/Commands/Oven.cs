using IoTCentral.Core.Templates;

namespace IoTCentral.Web.Tests.Devices.Commands;

/// <summary>A template with commands of each shape.</summary>
internal static class Oven
{
    private static readonly EnumSchema Modes = new(
        [new EnumValue("bake", "1") { DisplayName = "Baking" }, new EnumValue("proof", "2")],
        IsText: false
    );

    private static readonly ObjectSchema Level = new([Field("top", Schema.Integer), Field("bottom", Schema.Integer)]);

    public static ObjectSchema Program { get; } =
        new([
            Field("title", Schema.String),
            Field("begin", Schema.DateTime),
            Field("steam", Schema.Boolean),
            Field("level", Level) with
            {
                DisplayName = "Level",
            },
            Field("steps", new ArraySchema(Schema.Integer)),
        ]);

    public static Capability Restart { get; } = Command("restart", null);

    public static Capability SetPoint { get; } =
        Command(
            "setPoint",
            new CommandPayload("target", Schema.Double)
            {
                DisplayName = "Target",
                Unit = "degreeCelsius",
                Extras = new Dictionary<string, string> { ["minValue"] = "30", ["maxValue"] = "280" },
            }
        ) with
        {
            Response = new CommandPayload("mode", Modes) { DisplayName = "Mode" },
        };

    public static Capability Start { get; } = Command("start", new CommandPayload("program", Program));

    public static Capability Wake { get; } = Command("wake", null) with { Durable = true };

    public static DeviceTemplate Template { get; } =
        new()
        {
            Id = "dtmi:bakery:Oven;1",
            DisplayName = "Oven",
            Status = TemplateStatus.Published,
            Root = new TemplateInterface
            {
                Id = "dtmi:bakery:OvenModel;1",
                Contents = [Restart, SetPoint, Start, Wake],
            },
        };

    public static Capability Command(string name, CommandPayload? request) =>
        new()
        {
            Kind = CapabilityKind.Command,
            Name = name,
            Request = request,
        };

    private static SchemaField Field(string name, Schema schema) => new(name, schema);
}
