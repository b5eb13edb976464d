using System.Text;
using IoTCentral.Core.Common;
using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Templates;

public sealed class DtdlReaderHostileTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("{", "")]
    [InlineData("null", "")]
    [InlineData("[]", "")]
    [InlineData("[1]", "[0]")]
    [InlineData("\"dtmi:a;1\"", "")]
    [InlineData("{}", "")]
    [InlineData("""{ "@type": "Interface" }""", "@id")]
    [InlineData("""{ "@type": "Interface", "@id": 7 }""", "@id")]
    [InlineData("""{ "@type": "Interface", "@id": "contoso:Pump;1" }""", "@id")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:contoso:1Pump;1" }""", "@id")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:contoso:Pump;0" }""", "@id")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:contoso:Pump;1", "contents": 5 }""", "contents")]
    [InlineData(
        """{ "@type": "Interface", "@id": "dtmi:contoso:Pump;1", "@context": "dtmi:dtdl:context;4" }""",
        "@context"
    )]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:contoso:Pump;1", "displayName": ["a"] }""", "displayName")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:contoso:Pump;1", "extends": [ 3 ] }""", "extends[0]")]
    [InlineData(
        """{ "@type": "Interface", "@id": "dtmi:contoso:Pump;1", "extends": "dtmi:contoso:Gone;1" }""",
        "extends"
    )]
    [InlineData(
        """{ "@type": "Interface", "@id": "dtmi:contoso:Pump;1", "extends": "dtmi:contoso:Pump;1" }""",
        "extends"
    )]
    [InlineData("""{ "capabilityModel": 5 }""", "capabilityModel")]
    [InlineData("""{ "capabilityModel": null }""", "capabilityModel")]
    [InlineData("""{ "@id": "x", "capabilityModel": { "@id": "dtmi:a:b;1", "@type": "Interface" } }""", "@id")]
    [InlineData("""{ "a": 1, "a": 2 }""", "a")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:a:b;1", "displayName": "\ud800" }""", "displayName")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:a:b;1", "displayName": "a\u0000b" }""", "displayName")]
    [InlineData("""{ "@type": "Interface", "@id": "dtmi:a:b;1", "x": { "\ud800": 1 } }""", "x")]
    [InlineData("""[ { "capabilityModel": {} }, { "capabilityModel": {} } ]""", "")]
    public void A_file_that_is_no_template_gives_a_fault_at_its_path(string json, string path)
    {
        var import = DtdlReader.Read(json);

        Assert.Contains(import.Faults, f => f.Path == path);
        Assert.Throws<InvalidRequestException>(import.Get);
    }

    [Theory]
    [InlineData("""3""", "")]
    [InlineData("""{ "name": "a", "schema": "double" }""", ".@type")]
    [InlineData("""{ "@type": "Sensor", "name": "a", "schema": "double" }""", ".@type")]
    [InlineData("""{ "@type": ["Telemetry", "Property"], "name": "a", "schema": "double" }""", ".@type")]
    [InlineData("""{ "@type": "Telemetry", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": 5, "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "_a", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "1a", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "a-b", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "a.b", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "a_", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "größe", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "EventEnqueuedUtcTime", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "EventProcessedUtcTime", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "PartitionId", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "EventHub", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Property", "name": "User", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Property", "name": "$metadata", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Property", "name": "$version", "schema": "double" }""", ".name")]
    [InlineData("""{ "@type": "Telemetry", "name": "a" }""", ".schema")]
    [InlineData("""{ "@type": "Telemetry", "name": "a", "schema": "number" }""", ".schema")]
    [InlineData("""{ "@type": "Telemetry", "name": "a", "schema": 5 }""", ".schema")]
    [InlineData("""{ "@type": "Telemetry", "name": "a", "schema": "dtmi:contoso:Gone;1" }""", ".schema")]
    [InlineData(
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [] } }""",
        ".schema.enumValues"
    )]
    [InlineData(
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [ { "name": "x", "enumValue": 1 } ] } }""",
        ".schema.enumValues[0].enumValue"
    )]
    [InlineData(
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "integer", "enumValues": [ { "name": "x", "enumValue": 1.5 } ] } }""",
        ".schema.enumValues[0].enumValue"
    )]
    [InlineData(
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "integer", "enumValues": [ { "name": "x", "enumValue": 1 }, { "name": "y", "enumValue": 1 } ] } }""",
        ".schema.enumValues"
    )]
    [InlineData(
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Object", "fields": [ { "name": "f", "schema": "long" }, { "name": "f", "schema": "long" } ] } }""",
        ".schema.fields"
    )]
    [InlineData(
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Map", "mapKey": { "name": "k", "schema": "long" }, "mapValue": { "name": "v", "schema": "long" } } }""",
        ".schema.mapKey"
    )]
    [InlineData("""{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Map" } }""", ".schema.mapValue")]
    [InlineData("""{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Array" } }""", ".schema.elementSchema")]
    [InlineData("""{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Matrix" } }""", ".schema.@type")]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "writable": "yes" }""", ".writable")]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "minValue": "low" }""", ".minValue")]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "maxValue": 1e999 }""", ".maxValue")]
    [InlineData(
        """{ "@type": "Property", "name": "a", "schema": "double", "minValue": 5, "maxValue": 4 }""",
        ".minValue"
    )]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "string", "minValue": 5 }""", ".minValue")]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "decimalPlaces": 1.5 }""", ".decimalPlaces")]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "decimalPlaces": 99 }""", ".decimalPlaces")]
    [InlineData("""{ "@type": "Property", "name": "a", "schema": "double", "color": "url(x)" }""", ".color")]
    [InlineData(
        """{ "@type": "Property", "name": "a", "schema": "string", "minLength": 5, "maxLength": 4 }""",
        ".minLength"
    )]
    [InlineData("""{ "@type": ["Telemetry", "Cloud"], "name": "a", "schema": "string" }""", ".@type")]
    [InlineData("""{ "@type": "Command", "name": "a", "request": "double" }""", ".request")]
    [InlineData("""{ "@type": "Command", "name": "a", "request": { "schema": "double" } }""", ".request.name")]
    [InlineData("""{ "@type": "Command", "name": "a", "durable": 1 }""", ".durable")]
    [InlineData("""{ "@type": "Component", "name": "a" }""", ".schema")]
    [InlineData("""{ "@type": "Component", "name": "a", "schema": "dtmi:contoso:Gone;1" }""", ".schema")]
    [InlineData(
        """{ "@type": "Component", "name": "a", "schema": { "@id": "dtmi:c:d;1", "@type": "Interface", "contents": [ { "@type": "Component", "name": "b", "schema": "dtmi:c:e;1" } ] } }""",
        ".schema.contents[0]"
    )]
    [InlineData(
        """{ "@type": "Component", "name": "a", "schema": { "@id": "dtmi:c:d;1", "@type": "Interface", "contents": [ { "@type": ["Property", "Cloud"], "name": "b", "schema": "string" } ] } }""",
        ".schema.contents[0]"
    )]
    public void A_bad_capability_gives_a_fault_at_its_path(string capability, string path)
    {
        var import = DtdlReader.Read(Models.Interface(capability));

        Assert.Contains(import.Faults, f => f.Path == "contents[0]" + path);
    }

    [Fact]
    public void All_faults_are_told_at_once()
    {
        var import = DtdlReader.Read(
            Models.Interface(
                """{ "@type": "Telemetry", "name": "1", "schema": "number" }, { "@type": "Property", "name": "p", "schema": "double", "minValue": 2, "maxValue": 1, "writable": 3 }"""
            )
        );

        Assert.Equal(
            ["contents[0].name", "contents[0].schema", "contents[1].writable", "contents[1].minValue"],
            import.Faults.Select(f => f.Path)
        );
    }

    [Fact]
    public void A_name_is_unique_over_own_and_inherited_capabilities()
    {
        var import = DtdlReader.Read(
            $"[{Models.Interface(Models.Telemetry, """ "extends": "dtmi:contoso:Base;1", """)}, {Models.Interface(Models.Telemetry, id: "dtmi:contoso:Base;1")}]"
        );

        Assert.Contains(
            import.Faults,
            f => f.Message.Contains("'temperature' is there twice", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_circle_of_inheritance_is_named()
    {
        var import = DtdlReader.Read(
            $$"""
            [ {{Models.Interface("", """ "extends": "dtmi:c:A;1", """)}},
              {{Models.Interface("", """ "extends": "dtmi:c:B;1", """, "dtmi:c:A;1")}},
              {{Models.Interface("", """ "extends": "dtmi:c:A;1", """, "dtmi:c:B;1")}} ]
            """
        );

        Assert.Contains(
            import.Faults,
            f => f.Message.Contains("dtmi:c:A;1 → dtmi:c:B;1 → dtmi:c:A;1", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void A_circle_without_a_root_is_a_fault()
    {
        var import = DtdlReader.Read(
            $"[{Models.Interface("", """ "extends": "dtmi:c:B;1", """, "dtmi:c:A;1")}, {Models.Interface("", """ "extends": "dtmi:c:A;1", """, "dtmi:c:B;1")}]"
        );

        Assert.Contains(import.Faults, f => f.Message.Contains("circle", StringComparison.Ordinal));
    }

    [Fact]
    public void Deep_nesting_is_a_fault_and_no_stack_overflow()
    {
        var json = new StringBuilder().Append('[', 100_000).Append(']', 100_000).ToString();

        Assert.Contains("levels deep", Assert.Single(DtdlReader.Read(json).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_megabytes_are_refused_before_they_are_read()
    {
        var json = Models.Interface("", $""" "comment": "{new string('x', 10_000_000)}", """);

        Assert.Contains("too large", Assert.Single(DtdlReader.Read(json).Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Schemas_nested_beyond_reason_are_refused()
    {
        var schema = "\"double\"";
        for (var i = 0; i < 12; i++)
            schema = $$"""{ "@type": "Array", "elementSchema": {{schema}} }""";

        var import = DtdlReader.Read(
            Models.Interface($$"""{ "@type": "Telemetry", "name": "a", "schema": {{schema}} }""")
        );

        Assert.Contains(import.Faults, f => f.Message.Contains("levels deep", StringComparison.Ordinal));
    }

    [Fact]
    public void A_thousand_capabilities_are_taken_with_a_word_about_IoT_Central()
    {
        var import = DtdlReader.Read(Models.Interface(Telemetries(1_000)));

        Assert.Equal(1_000, import.Get().Capabilities.Count);
        Assert.Contains(import.Lines, l => l.Path.Length == 0 && l.Text.Contains("300", StringComparison.Ordinal));
    }

    [Fact]
    public void One_more_is_refused() => Assert.Single(DtdlReader.Read(Models.Interface(Telemetries(1_001))).Faults);

    [Fact]
    public void Many_components_of_one_large_interface_are_refused_without_being_unfolded()
    {
        var components = string.Join(
            ",",
            Enumerable
                .Range(0, 2_000)
                .Select(i => $$"""{ "@type": "Component", "name": "c{{i}}", "schema": "dtmi:c:Big;1" }""")
        );

        var import = DtdlReader.Read(
            $"[{Models.Interface(components)}, {Models.Interface(Telemetries(900), id: "dtmi:c:Big;1")}]"
        );

        Assert.Contains("1802000 capabilities", Assert.Single(import.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Inheritance_that_fans_out_is_refused_without_being_unfolded()
    {
        // ten levels, each inheriting both of the level below: 2^10 ways to the lowest
        var levels = Enumerable
            .Range(0, 10)
            .SelectMany(l =>
                new[] { "A", "B" }.Select(s =>
                    Models.Interface(
                        "",
                        l == 0 ? "" : $""" "extends": ["dtmi:c:A{l - 1};1", "dtmi:c:B{l - 1};1"], """,
                        $"dtmi:c:{s}{l};1"
                    )
                )
            );

        var import = DtdlReader.Read(
            $"[{Models.Interface("", """ "extends": ["dtmi:c:A9;1", "dtmi:c:B9;1"], """)}, {string.Join(",", levels)}]"
        );

        Assert.Contains("ways", Assert.Single(import.Faults).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_a_hundred_faults_are_listed()
    {
        var bad = string.Join(",", Enumerable.Repeat("1", 50_000));

        Assert.Equal(100, DtdlReader.Read(Models.Interface(bad)).Faults.Count);
    }

    private static string Telemetries(int count) =>
        string.Join(
            ",",
            Enumerable
                .Range(0, count)
                .Select(i => $$"""{ "@type": "Telemetry", "name": "t{{i}}", "schema": "double" }""")
        );
}
