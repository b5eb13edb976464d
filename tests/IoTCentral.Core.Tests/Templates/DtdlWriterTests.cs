using System.Text.Json;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Templates;

public sealed class DtdlWriterTests
{
    /// <summary>A template with something of everything, as IoT Central's server answers a GET.</summary>
    internal const string Everything = """
        {
          "displayName": "Cold room", "description": "Rooms below 8 °C",
          "@id": "dtmi:modelDefinition:spzeut3n:n2lteu39u6",
          "@type": ["ModelDefinition", "DeviceModel"],
          "@context": ["dtmi:iotcentral:context;2", "dtmi:dtdl:context;2"],
          "theme": { "dark": [true, null, 1.5] },
          "capabilityModel": {
            "@id": "dtmi:contoso:ColdRoom;3", "@type": "Interface",
            "displayName": { "en": "Cold room", "de": "Kühlraum" }, "description": "x", "comment": "y",
            "contents": [
              { "@id": "dtmi:contoso:ColdRoom:temperature;3", "@type": ["Telemetry", "Temperature", "NumberValue"],
                "displayName": { "en": "Temperature", "de": "Temperatur" }, "name": "temperature", "schema": "double",
                "unit": "degreeCelsius", "displayUnit": "F", "decimalPlaces": 1, "minValue": -30, "maxValue": 12.5, "color": "#aa0000" },
              { "@type": ["Telemetry", "State"], "name": "mode", "schema": { "@id": "dtmi:contoso:Mode;1", "@type": "Enum",
                "valueSchema": "integer", "displayName": "Mode", "enumValues": [
                  { "@id": "dtmi:contoso:Mode:a;1", "name": "a", "enumValue": 1, "displayName": "Auto", "description": "d" },
                  { "name": "b", "enumValue": -2 } ] } },
              { "@type": ["Telemetry", "Event"], "name": "alarm", "schema": "string", "severity": "Error" },
              { "@type": ["Telemetry", "Location"], "name": "place", "schema": "geopoint" },
              { "@type": "Telemetry", "name": "shape", "schema": "multiPolygon" },
              { "@type": ["Telemetry", "AccelerationVector"], "name": "shock", "schema": "vector", "unit": "gForce" },
              { "@type": "Telemetry", "name": "deep", "schema": { "@type": "Object", "fields": [
                  { "@type": ["Field", "Temperature"], "name": "t", "schema": "float", "unit": "kelvin", "displayName": "T" },
                  { "name": "list", "schema": { "@type": "Array", "elementSchema": "long" } },
                  { "name": "map", "schema": { "@type": "Map", "mapKey": { "name": "k", "schema": "string" }, "mapValue": { "name": "v", "schema": "dtmi:contoso:Level;1" } } } ] } },
              { "@type": ["Property", "BooleanValue"], "name": "isOpen", "schema": "boolean", "writable": false, "trueName": { "en": "Open" }, "falseName": { "en": "Closed" } },
              { "@type": ["Property", "NumberValue", "Initialized", "Temperature"], "name": "setPoint", "schema": "double", "unit": "degreeCelsius",
                "writable": true, "initialValue": -18.5, "decimalPlaces": 2, "minValue": -25, "maxValue": 4 },
              { "@type": ["Property", "Cloud", "StringValue"], "name": "customer", "displayName": "Customer", "schema": "string", "minLength": 2, "maxLength": 40, "trim": "both" },
              { "@type": ["Property", "Cloud", "DateTimeValue"], "name": "serviced", "schema": "dateTime" },
              { "@type": "Command", "name": "defrost", "commandType": "synchronous", "durable": true,
                "request": { "@type": "CommandPayload", "name": "minutes", "displayName": "Minutes", "schema": "integer", "initialValue": 10 },
                "response": { "@type": "CommandPayload", "name": "done", "schema": { "@type": "Object", "fields": [ { "name": "ok", "schema": "boolean" } ] } } },
              { "@type": "Relationship", "name": "sensors", "target": ["dtmi:contoso:Sensor;1"], "minMultiplicity": 0, "maxMultiplicity": 4 },
              { "@type": "Component", "name": "door", "displayName": "Door", "schema": { "@id": "dtmi:contoso:Door;1", "@type": "Interface",
                "contents": [ { "@type": "Telemetry", "name": "openings", "schema": "long" } ] } }
            ],
            "extends": [ { "@id": "dtmi:contoso:Base;1", "@type": "Interface", "displayName": "Base",
              "contents": [ { "@type": "Property", "name": "serial", "schema": "string" } ],
              "extends": [ { "@id": "dtmi:contoso:BaseBase;1", "@type": "Interface", "contents": [] } ] } ],
            "schemas": [ { "@id": "dtmi:contoso:Level;1", "@type": "Enum", "valueSchema": "string", "enumValues": [ { "name": "low", "enumValue": "L" } ] } ]
          }
        }
        """;

    [Fact]
    public void What_IoT_Central_writes_comes_back_as_it_was()
    {
        var written = DtdlWriter.DeviceTemplate(Models.Read(Everything));

        Same(Everything, written);
    }

    [Fact]
    public void What_is_stored_is_loaded_whole()
    {
        var template = Models.Read(Everything) with
        {
            Views = new TemplateViews
            {
                Overview = [new ViewTile(ViewTileKind.Map, "Where", [new("", "place")]) { Width = 12 }],
            },
        };

        var loaded = DtdlReader.Load(DtdlWriter.Store(template));

        Assert.Equal(Everything, loaded.Original);
        var tile = Assert.Single(loaded.Views.Overview!);
        Assert.Equal((ViewTileKind.Map, "Where", 12), (tile.Kind, tile.Title, tile.Width));
        Assert.Equal(new CapabilityPath("", "place"), Assert.Single(tile.Capabilities));
        Same(Everything, DtdlWriter.DeviceTemplate(loaded));
    }

    [Fact]
    public void Our_own_settings_are_not_shown_to_others()
    {
        var template = Models.Read(Everything) with { Views = new TemplateViews { Overview = [] } };

        Assert.DoesNotContain("iotc:settings", DtdlWriter.DeviceTemplate(template), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_in_a_file_that_is_imported_have_no_effect()
    {
        var template = Models.Read(
            Models.Wrapper(Models.Telemetry, """ "iotc:settings": { "Original": "forged" }, """)
        );

        Assert.NotEqual("forged", template.Original);
    }

    [Theory]
    [InlineData(
        """{ "@type": "Property", "name": "a", "schema": "double", "decimalPlaces": 1 }""",
        "Property,NumberValue"
    )]
    [InlineData(
        """{ "@type": ["Property", "Temperature"], "name": "a", "schema": "long", "unit": "kelvin", "maxValue": 1 }""",
        "Property,Temperature,NumberValue"
    )]
    [InlineData(
        """{ "@type": "Property", "name": "a", "schema": "boolean", "trueName": "Yes" }""",
        "Property,BooleanValue"
    )]
    [InlineData(
        """{ "@type": ["Property", "Cloud"], "name": "a", "schema": "string" }""",
        "Property,Cloud,StringValue"
    )]
    [InlineData(
        """{ "@type": ["Property", "Cloud"], "name": "a", "schema": "dateTime" }""",
        "Property,Cloud,DateTimeValue"
    )]
    [InlineData(
        """{ "@type": "Property", "name": "a", "schema": "string", "initialValue": "x" }""",
        "Property,Initialized"
    )]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "writable": true }""", "Property")]
    [InlineData(
        """{ "@type": ["Telemetry", "NumberValue"], "name": "a", "schema": "double", "maxValue": 1 }""",
        "Telemetry,NumberValue"
    )]
    public void The_types_IoT_Centrals_server_adds_are_added(string capability, string types)
    {
        using var written = JsonDocument.Parse(DtdlWriter.DeviceTemplate(Models.With(capability)));

        var type = written.RootElement.GetProperty("capabilityModel").GetProperty("contents")[0].GetProperty("@type");
        Assert.Equal(
            types,
            type.ValueKind == JsonValueKind.String ? type.GetString() : string.Join(',', type.EnumerateArray())
        );
    }

    [Fact]
    public void An_etag_is_shown_when_given()
    {
        using var written = JsonDocument.Parse(DtdlWriter.DeviceTemplate(Models.With(Models.Telemetry), "\"7\""));

        Assert.Equal("\"7\"", written.RootElement.GetProperty("etag").GetString());
    }

    [Fact]
    public void Bare_DTDL_has_no_cloud_properties_and_names_other_interfaces_by_id()
    {
        using var written = JsonDocument.Parse(DtdlWriter.Interface(Models.Read(Everything)));

        Assert.Equal(
            ["dtmi:contoso:ColdRoom;3", "dtmi:contoso:Base;1", "dtmi:contoso:BaseBase;1", "dtmi:contoso:Door;1"],
            written.RootElement.EnumerateArray().Select(i => i.GetProperty("@id").GetString())
        );
        var text = written.RootElement.GetRawText();
        foreach (var word in new[] { "customer", "NumberValue", "displayUnit", "decimalPlaces", "severity", "theme" })
            Assert.DoesNotContain(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Bare_DTDL_read_again_has_the_same_device_capabilities()
    {
        var template = Models.Read(Everything);

        var again = Models.Read(DtdlWriter.Interface(template));

        Assert.Equal(
            template.Capabilities.Where(c => !c.IsCloud).Select(c => (c.Path, c.Kind, c.Schema?.Kind, c.SemanticType)),
            again.Capabilities.Select(c => (c.Path, c.Kind, c.Schema?.Kind, c.SemanticType))
        );
    }

    [Fact]
    public void A_single_interface_is_written_as_one_object()
    {
        using var written = JsonDocument.Parse(DtdlWriter.Interface(Models.With(Models.Telemetry)));

        Assert.Equal(JsonValueKind.Object, written.RootElement.ValueKind);
    }

    private static void Same(string expected, string actual)
    {
        using var e = JsonDocument.Parse(expected);
        using var a = JsonDocument.Parse(actual);
        Assert.True(JsonElement.DeepEquals(e.RootElement, a.RootElement), actual);
    }
}
