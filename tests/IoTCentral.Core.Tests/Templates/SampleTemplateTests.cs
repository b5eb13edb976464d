using System.Text;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class SampleTemplateTests
{
    [Theory]
    [InlineData("21", SchemaKind.Integer)]
    [InlineData("3000000000", SchemaKind.Long)]
    [InlineData("21.0", SchemaKind.Double)]
    [InlineData("2e1", SchemaKind.Double)]
    [InlineData("true", SchemaKind.Boolean)]
    [InlineData("\"on\"", SchemaKind.String)]
    [InlineData("\"2026-11-23\"", SchemaKind.Date)]
    [InlineData("\"2026-11-23T10:00:00Z\"", SchemaKind.DateTime)]
    [InlineData("""{ "lat": 1, "lon": 2.5 }""", SchemaKind.Geopoint)]
    [InlineData("""{ "x": 1, "y": 2, "z": 3 }""", SchemaKind.Vector)]
    [InlineData("""{ "a": 1 }""", SchemaKind.Object)]
    [InlineData("[1, 2.5]", SchemaKind.Array)]
    public void The_schema_is_guessed_from_the_value(string value, SchemaKind kind) =>
        Assert.Equal(kind, Only($$"""{ "thing": {{value}} }""").Schema!.Kind);

    [Theory]
    [InlineData("temperature", 21, "Temperature", "degreeCelsius")]
    [InlineData("roomTempF", 70, "Temperature", "degreeFahrenheit")]
    [InlineData("Humidity", 40, "RelativeHumidity", "percent")]
    [InlineData("airPressure", 1013, "Pressure", "millibar")]
    [InlineData("airPressure", 101, "Pressure", "kilopascal")]
    [InlineData("pressure_pa", 101325, "Pressure", "pascal")]
    [InlineData("pressure", 6, "Pressure", "bar")]
    [InlineData("batteryVoltage", 3, "Voltage", "volt")]
    [InlineData("battery", 88, null, "percent")]
    [InlineData("motor_current", 4, "Current", "ampere")]
    [InlineData("currentStep", 4, null, null)]
    [InlineData("powerKW", 4, "Power", "kilowatt")]
    [InlineData("CO2", 415, "Concentration", "partsPerMillion")]
    [InlineData("fanRPM", 900, "AngularVelocity", "revolutionPerMinute")]
    [InlineData("counter", 900, null, null)]
    public void Meaning_and_unit_are_guessed_from_the_name(string name, int value, string? type, string? unit)
    {
        var telemetry = Only($$"""{ "{{name}}": {{value}} }""");

        Assert.Equal((type, unit), (telemetry.SemanticType, telemetry.Unit));
    }

    [Fact]
    public void A_measured_quantity_is_a_double_even_if_the_sample_is_whole()
    {
        Assert.Equal(SchemaKind.Double, Only("""{ "temperature": 21 }""").Schema!.Kind);
        Assert.Equal(SchemaKind.Integer, Only("""{ "doorOpenings": 21 }""").Schema!.Kind);
    }

    [Theory]
    [InlineData("roomTemp_max", "Room temp max")]
    [InlineData("CO2Level", "Co2 level")]
    [InlineData("a", "A")]
    public void The_display_name_is_the_name_in_words(string name, string label) =>
        Assert.Equal(label, Only($$"""{ "{{name}}": "x" }""").Label);

    [Fact]
    public void Several_messages_are_seen_together()
    {
        var template = Draft(
                """{ "level": 1, "mode": "a" }""",
                """{ "level": 1.5, "since": null }""",
                """{ "mode": 5, "since": "2026-01-01" }"""
            )
            .Get();

        Assert.Equal(SchemaKind.Double, template.Find("", "level")!.Schema!.Kind);
        Assert.Equal(SchemaKind.Date, template.Find("", "since")!.Schema!.Kind);
        Assert.Null(template.Find("", "mode"));
    }

    [Fact]
    public void Components_are_kept()
    {
        var import = SampleTemplate.Draft(
            "Pump",
            "dtmi:contoso:Pump;1",
            [Message("", """{ "a": 1 }"""), Message("inlet", """{ "temperature": 1 }""")]
        );

        Assert.Equal("Temperature", import.Get().Find("inlet", "temperature")!.SemanticType);
        Assert.Equal(["inlet"], import.Get().Components);
    }

    [Fact]
    public void What_cannot_be_modelled_is_left_out_and_said()
    {
        var import = Draft(
            """{ "good": 1, "bad-name": 1, "empty": null, "list": [], "User": 1, "deep": { "1": 2 } }"""
        );

        Assert.Equal(["good"], import.Get().Capabilities.Select(c => c.Name));
        Assert.Equal(
            ["bad-name", "empty", "list", "User", "deep.1", "deep"],
            import.Lines.Where(l => l.Outcome == ImportOutcome.LeftOut).Select(l => l.Path)
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[1]")]
    [InlineData("{}")]
    [InlineData("""{ "a-b": 1 """)]
    [InlineData("""{ "a": "\ud800" }""")]
    public void Messages_that_show_nothing_are_faults(string body) => Assert.NotEmpty(Draft(body).Faults);

    [Fact]
    public void A_bad_model_id_is_a_fault() =>
        Assert.Equal(
            "modelId",
            Assert.Single(SampleTemplate.Draft("x", "pump", [Message("", """{ "a": 1 }""")]).Faults).Path
        );

    [Fact]
    public void The_draft_is_a_legal_template_that_its_own_samples_fit()
    {
        var body =
            """{ "temperature": 21, "place": { "lat": 1, "lon": 2 }, "state": "ok", "on": true, "at": "2026-11-23T10:00:00Z", "n": 5 }""";
        var template = Draft(body).Get();

        Assert.Empty(TemplateRules.Check(template));
        using var sample = System.Text.Json.JsonDocument.Parse(body);
        Assert.All(
            sample.RootElement.EnumerateObject(),
            m => Assert.Null(Conformance.Misfit(template.Find("", m.Name)!.Schema!, m.Value))
        );
    }

    private static Capability Only(string body) => Assert.Single(Draft(body).Get().Capabilities);

    private static TemplateImport Draft(params string[] bodies) =>
        SampleTemplate.Draft("Pump", "dtmi:contoso:Pump;1", [.. bodies.Select(b => Message("", b))]);

    private static SampleMessage Message(string component, string body) => new(component, Encoding.UTF8.GetBytes(body));
}
