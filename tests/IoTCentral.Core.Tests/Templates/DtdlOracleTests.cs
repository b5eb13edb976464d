using IoTCentral.Core.Templates.Dtdl;

namespace IoTCentral.Core.Tests.Templates;

/// <summary>Our reader and writer beside Microsoft's parser.</summary>
[Trait("Category", "Long")]
public sealed class DtdlOracleTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Microsofts_parser_takes_what_we_write(int version)
    {
        var models = TemplateGen
            .Many(150)
            .Append(Models.Read(DtdlWriterTests.Everything))
            .Select(t => DtdlWriter.Interface(t with { DtdlVersion = version }))
            .ToList();

        var verdicts = await DtdlOracle.JudgeAsync(models, Ct);

        Assert.All(models.Zip(verdicts), pair => Assert.True(pair.Second == "ok", $"{pair.Second}\n{pair.First}"));
    }

    [Fact]
    public async Task We_take_what_Microsofts_parser_takes_and_refuse_what_it_refuses()
    {
        var models = Cases.Select(c => Models.Interface(c)).ToList();

        var verdicts = await DtdlOracle.JudgeAsync(models, Ct);

        Assert.All(
            models.Zip(verdicts),
            pair =>
            {
                var faults = DtdlReader.Read(pair.First).Faults;
                Assert.True(
                    pair.Second == "ok" == (faults.Count == 0),
                    $"{pair.First}\nparser: {pair.Second}\nwe: {string.Join(' ', faults)}"
                );
            }
        );
    }

    private static readonly string[] Cases =
    [
        """{ "@type": "Telemetry", "name": "a", "schema": "double" }""",
        """{ "@type": ["Telemetry", "Temperature"], "name": "a", "schema": "double", "unit": "degreeCelsius" }""",
        """{ "@type": "dtmi:dtdl:class:Telemetry;2", "name": "a", "schema": "dtmi:dtdl:instance:Schema:double;2" }""",
        """{ "@type": "Telemetry", "name": "a", "schema": "point" }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Array", "elementSchema": "integer" } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [ { "name": "x", "enumValue": "1" } ] } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Map", "mapKey": { "name": "k", "schema": "string" }, "mapValue": { "name": "v", "schema": "double" } } }""",
        """{ "@type": "Property", "name": "a", "schema": "string", "writable": true, "displayName": { "en": "A", "de-DE": "B" } }""",
        """{ "@type": "Command", "name": "a", "commandType": "asynchronous", "request": { "name": "r", "schema": "duration" }, "response": { "name": "s", "schema": "time" } }""",
        """{ "@type": "Command", "name": "a" }""",
        """{ "@type": "Relationship", "name": "a", "target": "dtmi:x:y;1", "maxMultiplicity": 3 }""",
        """{ "@type": "Component", "name": "a", "schema": { "@id": "dtmi:x:y;1", "@type": "Interface", "contents": [] } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": "number" }""",
        """{ "@type": "Telemetry", "name": "a" }""",
        """{ "@type": "Telemetry", "schema": "double" }""",
        """{ "@type": "Telemetry", "name": "1a", "schema": "double" }""",
        """{ "@type": "Telemetry", "name": "a_", "schema": "double" }""",
        """{ "@type": "Telemetry", "name": "_a", "schema": "double" }""",
        """{ "@type": "Telemetry", "name": "a b", "schema": "double" }""",
        """{ "@type": "Sensor", "name": "a", "schema": "double" }""",
        """{ "@type": ["Telemetry", "Property"], "name": "a", "schema": "double" }""",
        """{ "@type": "Telemetry", "name": "a", "schema": "double" }, { "@type": "Property", "name": "a", "schema": "double" }""",
        """{ "@type": "Property", "name": "a", "schema": "double", "writable": "yes" }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "string", "enumValues": [ { "name": "x", "enumValue": 1 } ] } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "integer", "enumValues": [ { "name": "x", "enumValue": 1 }, { "name": "y", "enumValue": 1 } ] } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Enum", "valueSchema": "double", "enumValues": [ { "name": "x", "enumValue": 1 } ] } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Object", "fields": [ { "name": "f", "schema": "long" }, { "name": "f", "schema": "long" } ] } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Map", "mapKey": { "name": "k", "schema": "long" }, "mapValue": { "name": "v", "schema": "double" } } }""",
        """{ "@type": "Telemetry", "name": "a", "schema": { "@type": "Array" } }""",
        """{ "@type": "Command", "name": "a", "request": { "schema": "double" } }""",
        """{ "@type": "Component", "name": "a", "schema": "dtmi:x:gone;1" }""",
        """{ "@type": "Component", "name": "a" }""",
        """{ "@type": "Component", "name": "a", "schema": { "@id": "dtmi:x:y;1", "@type": "Interface", "contents": [ { "@type": "Component", "name": "b", "schema": { "@id": "dtmi:x:z;1", "@type": "Interface" } } ] } }""",
        """3""",
    ];
}
