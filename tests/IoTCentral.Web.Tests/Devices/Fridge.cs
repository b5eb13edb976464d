using System.Text.Json.Nodes;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Tests.Devices;

/// <summary>A template with a bit of everything, and twins of its devices.</summary>
internal static class Fridge
{
    public const string TemplateId = "dtmi:fresh:Fridge;1";

    public static Capability Telemetry(string name, Schema schema, string? unit = null) =>
        new()
        {
            Kind = CapabilityKind.Telemetry,
            Name = name,
            Schema = schema,
            Unit = unit,
        };

    public static Capability Cloud(string name, Schema schema) =>
        new()
        {
            Kind = CapabilityKind.Property,
            Name = name,
            Types = [DtdlTypes.Cloud],
            Schema = schema,
        };

    public static EnumSchema Modes { get; } =
        new([new EnumValue("cooling", "1") { DisplayName = "Cooling" }, new EnumValue("fault", "2")], IsText: false);

    public static DeviceTemplate Template { get; } =
        new()
        {
            Id = TemplateId,
            DisplayName = "Fridge",
            Status = TemplateStatus.Published,
            Root = new TemplateInterface
            {
                Id = "dtmi:fresh:FridgeModel;1",
                Contents =
                [
                    Telemetry("temperature", Schema.Double, "degreeCelsius"),
                    Telemetry("mode", Modes),
                    Telemetry("door", Schema.Boolean),
                    new()
                    {
                        Kind = CapabilityKind.Property,
                        Name = "firmware",
                        Schema = Schema.String,
                    },
                    Cloud("limit", Schema.Double) with
                    {
                        Unit = "degreeCelsius",
                        MinValue = -30,
                        MaxValue = 30,
                    },
                    Cloud("manager", Schema.String),
                    Cloud("opened", Schema.DateTime),
                    Cloud("place", Schema.Geopoint),
                ],
            },
        };

    public static Twin Twin(string cloud = "{}", int version = 1, string reported = "{}") =>
        new()
        {
            TenantId = new(1),
            DeviceKey = 7,
            Cloud = Json(cloud),
            CloudVersion = version,
            Reported = Json(reported),
        };

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
