using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Templates;

/// <summary>Model texts for tests: each builder gives something legal that a test then bends.</summary>
internal static class Models
{
    public const string Telemetry = """{ "@type": "Telemetry", "name": "temperature", "schema": "double" }""";

    /// <summary>A bare interface with these contents (JSON elements).</summary>
    public static string Interface(
        string contents,
        string more = "",
        string id = "dtmi:contoso:Pump;1",
        int version = 2
    ) =>
        $$"""{ "@context": "dtmi:dtdl:context;{{version}}", "@id": "{{id}}", "@type": "Interface", {{more}} "contents": [ {{contents}} ] }""";

    /// <summary>IoT Central's wrapper around a root with these contents.</summary>
    public static string Wrapper(string contents, string more = "", string modelMore = "") =>
        $$"""
            {
              "@id": "dtmi:contoso:pumptemplate;1", "@type": ["ModelDefinition", "DeviceModel"],
              "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"], "displayName": "Pump", {{more}}
              "capabilityModel": { "@id": "dtmi:contoso:Pump;1", "@type": "Interface", {{modelMore}} "contents": [ {{contents}} ] }
            }
            """;

    public static DeviceTemplate Read(string json)
    {
        var import = DtdlReader.Read(json);
        Assert.Empty(import.Faults);
        return import.Get();
    }

    /// <summary>The template of a wrapper with these contents.</summary>
    public static DeviceTemplate With(string contents) => Read(Wrapper(contents));

    public static Capability Only(string contents) => Assert.Single(With(contents).Capabilities);
}
