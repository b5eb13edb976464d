using IoTCentral.Core.Templates;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Templates;

public sealed class DtdlReaderTests
{
    [Fact]
    public void A_bare_interface_becomes_a_template_named_after_it()
    {
        var template = Models.Read(
            Models.Interface(Models.Telemetry, """ "displayName": { "de": "Pumpe", "en": "Pump" }, """)
        );

        Assert.Equal("dtmi:contoso:Pump;1", template.ModelId);
        Assert.Equal("dtmi:contoso:Pump:template;1", template.Id);
        Assert.Equal("Pump", template.DisplayName);
        Assert.Equal(TemplateStatus.Draft, template.Status);
        Assert.Equal(SchemaKind.Double, template.Find("", "temperature")!.Schema!.Kind);
    }

    [Fact]
    public void An_interface_without_display_name_is_named_by_its_id() =>
        Assert.Equal("Pump", Models.Read(Models.Interface(Models.Telemetry)).DisplayName);

    [Fact]
    public void A_property_of_IoT_Central_keeps_its_limits_and_display()
    {
        var property = Models.Only(
            """
            { "@type": ["Property", "Temperature"], "name": "targetTemperature", "schema": "double", "unit": "degreeCelsius",
              "writable": true, "decimalPlaces": 1, "displayUnit": "C", "maxValue": 80, "minValue": 50.5, "color": "#00ff00",
              "initialValue": 60, "comment": "set by staff", "description": "Target" }
            """
        );

        Assert.Equal(CapabilityKind.Property, property.Kind);
        Assert.True(property.IsWritable);
        Assert.False(property.IsCloud);
        Assert.Equal("Temperature", property.SemanticType);
        Assert.Equal(("degreeCelsius", "C"), (property.Unit, property.DisplayUnit));
        Assert.Equal((50.5, 80d), (property.MinValue, property.MaxValue));
        Assert.Equal(1, property.DecimalPlaces);
        Assert.Equal("60", property.InitialValue);
        Assert.Equal("#00ff00", property.Color);
    }

    [Fact]
    public void A_cloud_property_is_never_writable_by_the_device_way()
    {
        var property = Models.Only(
            """{ "@type": ["Property", "Cloud", "StringValue"], "name": "CustomerName", "schema": "string", "writable": true }"""
        );

        Assert.True(property.IsCloud);
        Assert.False(property.IsWritable);
    }

    [Fact]
    public void A_value_type_that_does_not_fit_the_schema_is_put_right_and_reported()
    {
        var import = DtdlReader.Read(
            Models.Wrapper(
                """{ "@type": ["Property", "Cloud", "StringValue"], "name": "since", "schema": "dateTime" }"""
            )
        );

        Assert.Contains("DateTimeValue", import.Get().Find("", "since")!.Types);
        Assert.Contains(
            import.Lines,
            l => l is { Outcome: ImportOutcome.Changed, Path: "capabilityModel.contents[0].@type" }
        );
    }

    [Fact]
    public void A_command_keeps_its_payloads_and_that_it_waits()
    {
        var command = Models.Only(
            """
            { "@type": "Command", "name": "report", "durable": true, "commandType": "synchronous",
              "request": { "@type": "CommandPayload", "name": "since", "schema": "dateTime" },
              "response": { "name": "result", "schema": { "@type": "Object", "fields": [ { "name": "max", "schema": "double" } ] } } }
            """
        );

        Assert.True(command.IsDurable);
        Assert.Equal(SchemaKind.DateTime, command.Request!.Schema.Kind);
        Assert.Equal("max", Assert.Single(Assert.IsType<ObjectSchema>(command.Response!.Schema).Fields).Name);
    }

    [Fact]
    public void Inline_components_are_found_by_their_name()
    {
        var template = Models.With(
            $$"""
            { "@type": "Component", "name": "inlet", "schema": { "@id": "dtmi:contoso:Sensor;1", "@type": "Interface", "contents": [ {{Models.Telemetry}} ] } },
            { "@type": "Component", "name": "outlet", "schema": { "@id": "dtmi:contoso:Sensor;1", "@type": "Interface", "contents": [ {{Models.Telemetry}} ] } }
            """
        );

        Assert.Equal(["inlet", "outlet"], template.Components);
        Assert.Equal(new CapabilityPath("outlet", "temperature"), template.Find("outlet", "temperature")!.Path);
        Assert.Null(template.Find("", "temperature"));
        Assert.Null(template.Find("middle", "temperature"));
        Assert.Equal(4, template.Capabilities.Count);
    }

    [Fact]
    public void Inherited_interfaces_belong_to_the_root()
    {
        var template = Models.Read(
            Models.Wrapper(
                Models.Telemetry,
                modelMore: """
                "extends": [ { "@id": "dtmi:contoso:Base;1", "@type": "Interface", "contents": [
                  { "@type": "Property", "name": "serial", "schema": "string" } ] } ],
                """
            )
        );

        Assert.Equal("serial", template.Find("", "serial")!.Name);
        Assert.Equal(["temperature", "serial"], template.Capabilities.Select(c => c.Name));
    }

    [Fact]
    public void In_an_array_the_root_is_the_interface_nobody_refers_to()
    {
        var json = $$"""
            [ {{Models.Interface(Models.Telemetry, id: "dtmi:contoso:Sensor;1")}},
              {{Models.Interface(
                  """{ "@type": "Component", "name": "sensor", "schema": "dtmi:contoso:Sensor;1" }""",
                  """ "extends": "dtmi:contoso:Base;3", """
              )}},
              {{Models.Interface("""{ "@type": "Property", "name": "serial", "schema": "string" }""", id: "dtmi:contoso:Base;3")}} ]
            """;

        var template = Models.Read(json);

        Assert.Equal("dtmi:contoso:Pump;1", template.ModelId);
        Assert.NotNull(template.Find("sensor", "temperature"));
        Assert.NotNull(template.Find("", "serial"));
    }

    [Fact]
    public void The_well_known_device_information_need_not_be_in_the_file()
    {
        var import = DtdlReader.Read(
            Models.Interface(
                """{ "@type": "Component", "name": "deviceInformation", "schema": "dtmi:azure:DeviceManagement:DeviceInformation;1" }"""
            )
        );

        Assert.Equal(SchemaKind.Double, import.Get().Find("deviceInformation", "totalMemory")!.Schema!.Kind);
        Assert.Contains(import.Lines, l => l is { Outcome: ImportOutcome.Changed, Path: "contents[0].schema" });
    }

    [Theory]
    [InlineData("\"boolean\"", SchemaKind.Boolean)]
    [InlineData("\"integer\"", SchemaKind.Integer)]
    [InlineData("\"long\"", SchemaKind.Long)]
    [InlineData("\"float\"", SchemaKind.Float)]
    [InlineData("\"double\"", SchemaKind.Double)]
    [InlineData("\"string\"", SchemaKind.String)]
    [InlineData("\"date\"", SchemaKind.Date)]
    [InlineData("\"dateTime\"", SchemaKind.DateTime)]
    [InlineData("\"time\"", SchemaKind.Time)]
    [InlineData("\"duration\"", SchemaKind.Duration)]
    [InlineData("\"geopoint\"", SchemaKind.Geopoint)]
    [InlineData("\"vector\"", SchemaKind.Vector)]
    [InlineData("\"multiPolygon\"", SchemaKind.GeoJson)]
    [InlineData("\"dtmi:dtdl:instance:Schema:double;2\"", SchemaKind.Double)]
    [InlineData("\"dtmi:iotcentral:schema:geopoint;2\"", SchemaKind.Geopoint)]
    [InlineData("""{ "@type": "Array", "elementSchema": "double" }""", SchemaKind.Array)]
    [InlineData(
        """{ "@type": ["Enum"], "valueSchema": "integer", "enumValues": [ { "name": "on", "enumValue": 1 } ] }""",
        SchemaKind.Enum
    )]
    [InlineData("""{ "@type": "Object", "fields": [ { "name": "a", "schema": "long" } ] }""", SchemaKind.Object)]
    [InlineData(
        """{ "@type": "Map", "mapKey": { "name": "k", "schema": "string" }, "mapValue": { "name": "v", "schema": "integer" } }""",
        SchemaKind.Map
    )]
    public void Every_schema_is_read(string schema, SchemaKind kind) =>
        Assert.Equal(
            kind,
            Models.Only($$"""{ "@type": "Telemetry", "name": "x", "schema": {{schema}} }""").Schema!.Kind
        );

    [Fact]
    public void A_schema_of_the_interface_can_be_named_by_its_id()
    {
        var template = Models.Read(
            Models.Interface(
                """{ "@type": "Telemetry", "name": "mode", "schema": "dtmi:contoso:Mode;1" }""",
                """ "schemas": [ { "@id": "dtmi:contoso:Mode;1", "@type": "Enum", "valueSchema": "string", "enumValues": [ { "name": "auto", "enumValue": "A", "displayName": "Automatic" } ] } ], """
            )
        );

        var mode = Assert.IsType<EnumSchema>(template.Find("", "mode")!.Schema);
        Assert.True(mode.IsReference);
        Assert.Equal("Automatic", mode.Label("A"));
        Assert.Equal("B", mode.Label("B"));
    }

    [Fact]
    public void Long_spellings_of_types_and_units_mean_the_short_ones()
    {
        var telemetry = Models.Only(
            """
            { "@type": ["dtmi:dtdl:class:Telemetry;2", "dtmi:standard:class:Temperature;2"], "name": "t", "schema": "double",
              "unit": "dtmi:standard:unit:degreeCelsius;2" }
            """
        );

        Assert.Equal(
            (CapabilityKind.Telemetry, "Temperature", "degreeCelsius"),
            (telemetry.Kind, telemetry.SemanticType, telemetry.Unit)
        );
    }

    [Fact]
    public void The_report_names_every_capability_and_what_has_no_effect()
    {
        var import = DtdlReader.Read(
            Models.Wrapper(
                """{ "@type": ["Telemetry", "Humidity", "Fancy"], "name": "h", "schema": "integer", "unit": "percent", "sparkle": { "a": [1] } }""",
                """ "theme": "dark", """
            )
        );

        Assert.Contains(
            new ImportLine(ImportOutcome.Taken, "capabilityModel.contents[0]", "Telemetry 'h' (integer, %)."),
            import.Lines
        );
        Assert.Contains(
            import.Lines,
            l => l is { Outcome: ImportOutcome.LeftOut, Path: "capabilityModel.contents[0].sparkle" }
        );
        Assert.Contains(import.Lines, l => l is { Outcome: ImportOutcome.LeftOut, Path: "theme" });
        Assert.Contains(
            import.Lines,
            l => l.Outcome == ImportOutcome.Note && l.Text.Contains("Fancy", StringComparison.Ordinal)
        );
        Assert.Contains(
            import.Lines,
            l => l.Outcome == ImportOutcome.Note && l.Text.Contains("not usually measured", StringComparison.Ordinal)
        );
        Assert.Equal("""{"a":[1]}""", import.Get().Find("", "h")!.Extras["sparkle"]);
    }

    [Fact]
    public void The_id_of_the_address_wins_and_the_report_says_so()
    {
        var import = DtdlReader.Read(Models.Wrapper(Models.Telemetry), "dtmi:contoso:other;4");

        Assert.Equal("dtmi:contoso:other;4", import.Get().Id);
        Assert.Contains(import.Lines, l => l is { Outcome: ImportOutcome.Changed, Path: "@id" });
    }

    [Fact]
    public void The_form_of_the_preview_is_still_read()
    {
        var import = DtdlReader.Read(
            """
            { "id": "urn:contoso:truck", "types": ["DeviceModel"], "displayName": "Truck",
              "capabilityModel": { "@id": "urn:contoso:truck_dcm:2", "@type": "CapabilityModel",
                "@context": ["http://azureiot.com/v1/contexts/IoTModel.json"],
                "contents": [ { "@type": ["Telemetry", "SemanticType/Temperature"], "name": "t", "schema": "double" } ],
                "implements": [ { "@id": "urn:contoso:truck_dcm:x:1", "@type": ["InterfaceInstance"], "name": "info",
                  "schema": { "@id": "urn:contoso:info:1", "@type": ["Interface"], "contents": [ { "@type": ["Property"], "name": "model", "schema": "string" } ] } } ] },
              "solutionModel": { "@id": "urn:contoso:sm:1", "@type": ["SolutionModel"],
                "cloudProperties": [ { "@type": "CloudProperty", "name": "serviced", "schema": "string", "valueDetail": { "@type": "StringValueDetail", "maxLength": 10 } } ],
                "initialValues": [], "overrides": [] } }
            """
        );

        var template = import.Get();
        Assert.Equal(("dtmi:contoso:truck;1", "dtmi:contoso:truck_dcm;2"), (template.Id, template.ModelId));
        Assert.NotNull(template.Find("info", "model"));
        Assert.Equal("Temperature", template.Find("", "t")!.SemanticType);
        var serviced = Assert.Single(template.CloudProperties);
        Assert.Equal(("serviced", 10), (serviced.Name, serviced.MaxLength));
    }

    [Fact]
    public void The_file_is_kept_as_it_was()
    {
        var json = Models.Interface(Models.Telemetry);

        Assert.Equal(json, Models.Read(json).Original);
    }
}
