using System.Text;
using System.Text.Json;
using IoTCentral.Core.Templates;

namespace IoTCentral.Core.Tests.Templates;

public sealed class ConformanceTests
{
    private static readonly Schema Mode = new EnumSchema([new("on", "on"), new("off", "OFF")], IsText: true);
    private static readonly Schema Level = new EnumSchema([new("low", "1"), new("high", "2")], IsText: false);
    private static readonly Schema Report = new ObjectSchema([
        new("max", Schema.Double),
        new("modes", new ArraySchema(Mode)),
        new("byRoom", new MapSchema(new("k", Schema.String), new("v", Schema.Integer))),
    ]);

    public static TheoryData<string, string, string?> Values =>
        new()
        {
            { "double", "4.5", null },
            { "double", "-1e3", null },
            { "double", "\"n/a\"", "expected a number, got the text \"n/a\"" },
            { "double", "true", "expected a number, got true" },
            { "double", "null", "expected a number, got null" },
            { "double", "{}", "expected a number, got an object" },
            { "double", "[1]", "expected a number, got a list" },
            { "double", "1e999", "expected a number, got 1e999" },
            { "integer", "5", null },
            { "integer", "5.0", null },
            { "integer", "5.5", "expected a whole number of 32 bits, got 5.5" },
            { "integer", "3000000000", "expected a whole number of 32 bits, got 3000000000" },
            { "long", "3000000000", null },
            { "long", "9223372036854775807", null },
            { "long", "9223372036854775808", "expected a whole number, got 9223372036854775808" },
            { "boolean", "false", null },
            { "boolean", "0", "expected true or false, got 0" },
            { "string", "\"\"", null },
            { "string", "5", "expected a text, got 5" },
            { "dateTime", "\"2026-11-23T14:05:00.123Z\"", null },
            { "dateTime", "\"2026-11-23T14:05:00\\u002B01:00\"", null },
            {
                "dateTime",
                "\"yesterday\"",
                "expected a date and time such as 2026-11-23T14:05:00Z, got the text \"yesterday\""
            },
            { "date", "\"2026-11-23\"", null },
            { "date", "\"2026-02-30\"", "expected a date such as 2026-11-23, got the text \"2026-02-30\"" },
            { "time", "\"14:05:00\"", null },
            { "time", "\"14:05:00.25Z\"", null },
            { "time", "\"14:05\"", null },
            { "time", "\"14:05:00+02:00\"", null },
            { "time", "\"25:00:00\"", "expected a time such as 14:05:00, got the text \"25:00:00\"" },
            { "duration", "\"PT1H30M\"", null },
            { "duration", "\"P1Y2M3DT4H5M6.5S\"", null },
            { "duration", "\"P2W\"", null },
            { "duration", "\"PT\"", "expected a duration such as PT1H30M, got the text \"PT\"" },
            { "duration", "\"P\"", "expected a duration such as PT1H30M, got the text \"P\"" },
            { "duration", "\"PT1M2H\"", "expected a duration such as PT1H30M, got the text \"PT1M2H\"" },
            { "duration", "\"1h\"", "expected a duration such as PT1H30M, got the text \"1h\"" },
            { "geopoint", """{"lat":52.5,"lon":13.4}""", null },
            { "geopoint", """{"lon":13.4,"lat":52.5,"alt":null,"fix":"3D"}""", null },
            {
                "geopoint",
                """{"lat":91,"lon":13.4}""",
                "expected a location with lat (-90 to 90) and lon (-180 to 180), got an object"
            },
            {
                "geopoint",
                """{"lat":52}""",
                "expected a location with lat (-90 to 90) and lon (-180 to 180), got an object"
            },
            {
                "geopoint",
                """{"lat":"52","lon":13}""",
                "expected a location with lat (-90 to 90) and lon (-180 to 180), got an object"
            },
            { "vector", """{"x":1,"y":2,"z":3}""", null },
            { "vector", """{"x":1,"y":2}""", "expected a vector with the numbers x, y and z, got an object" },
            { "polygon", """{"type":"Polygon","coordinates":[[[1,2]]]}""", null },
            { "polygon", """{"type":"Point","coordinates":[1,2]}""", "expected a GeoJSON polygon, got an object" },
            { "mode", "\"OFF\"", null },
            { "mode", "\"o\\u006e\"", null },
            { "mode", "\"off\"", "expected one of on, OFF, got the text \"off\"" },
            { "level", "2", null },
            { "level", "3", "expected one of 1, 2, got 3" },
            { "level", "\"1\"", "expected one of 1, 2, got the text \"1\"" },
            { "report", """{"max":1,"modes":["on"],"byRoom":{"a":1},"extra":[{}]}""", null },
            { "report", """{"max":null}""", null },
            { "report", "{}", null },
            { "report", """{"max":"x"}""", "in 'max': expected a number, got the text \"x\"" },
            {
                "report",
                """{"modes":["on","no"]}""",
                "in 'modes': in item 1: expected one of on, OFF, got the text \"no\""
            },
            {
                "report",
                """{"byRoom":{"a":1,"b":1.5}}""",
                "in 'byRoom': in 'b': expected a whole number of 32 bits, got 1.5"
            },
            { "report", "7", "expected an object, got 7" },
        };

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_fits_or_the_reason_is_told(string schema, string json, string? reason) =>
        Assert.Equal(reason, Conformance.Misfit(SchemaOf(schema), json));

    [Theory]
    [MemberData(nameof(Values))]
    public void The_reader_is_left_on_the_end_of_the_value(string schema, string json, string? reason)
    {
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes($"[{json}, \"after\"]"));
        reader.Read();
        reader.Read();

        Assert.Equal(reason is null, Conformance.Misfit(SchemaOf(schema), ref reader) is null);
        Assert.True(reader.Read() && reader.ValueTextEquals("after"));
    }

    [Fact]
    public void A_value_that_fits_costs_no_memory()
    {
        var body =
            """[1.5,"2026-11-23T14:05:00Z","PT1H","OFF",2,{"lat":1,"lon":2},{"max":1,"modes":["on"],"byRoom":{"a":1}}]"""u8.ToArray();
        Schema[] schemas = [Schema.Double, Schema.DateTime, Schema.Duration, Mode, Level, Schema.Geopoint, Report];
        Check(body, schemas);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            Check(body, schemas);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("5", null)]
    [InlineData("-1", "'Limit' must be at least 0.")]
    [InlineData("10.5", "'Limit' must be at most 10.")]
    [InlineData("\"x\"", "'Limit': expected a number, got the text \"x\".")]
    public void What_people_set_must_keep_the_limits(string json, string? fault)
    {
        var limit = Models.Only(
            """{ "@type": ["Property", "Cloud"], "name": "limit", "displayName": "Limit", "schema": "double", "minValue": 0, "maxValue": 10 }"""
        );

        Assert.Equal(fault, Conformance.InputFault(limit, JsonDocument.Parse(json).RootElement));
    }

    [Theory]
    [InlineData("\"ab\"", null)]
    [InlineData("\"a\"", "'Name' must have at least 2 characters.")]
    [InlineData("\"abcde\"", "'Name' may have at most 4 characters.")]
    public void Texts_people_set_must_keep_their_length(string json, string? fault)
    {
        var name = Models.Only(
            """{ "@type": ["Property", "Cloud"], "name": "name", "displayName": "Name", "schema": "string", "minLength": 2, "maxLength": 4 }"""
        );

        Assert.Equal(fault, Conformance.InputFault(name, JsonDocument.Parse(json).RootElement));
    }

    private static void Check(byte[] body, Schema[] schemas)
    {
        var reader = new Utf8JsonReader(body);
        reader.Read();
        foreach (var schema in schemas)
        {
            reader.Read();
            if (Conformance.Misfit(schema, ref reader) is not null)
                throw new InvalidOperationException();
        }
    }

    private static Schema SchemaOf(string word) =>
        word switch
        {
            "mode" => Mode,
            "level" => Level,
            "report" => Report,
            "polygon" => new GeoJsonSchema("polygon"),
            _ => new Schema(Enum.Parse<SchemaKind>(word, ignoreCase: true)),
        };
}
