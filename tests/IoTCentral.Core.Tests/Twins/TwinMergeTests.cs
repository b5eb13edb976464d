using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Tests.Twins;

public sealed class TwinMergeTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("""{"a":1}""", """{"b":2}""", """{"a":1,"b":2}""")]
    [InlineData("""{"a":1}""", """{"a":null}""", "{}")]
    [InlineData("""{"a":1}""", """{"b":null}""", """{"a":1}""")]
    [InlineData("""{"a":{"b":1,"c":2}}""", """{"a":{"b":null,"d":3}}""", """{"a":{"c":2,"d":3}}""")]
    [InlineData("""{"a":{"b":1}}""", """{"a":5}""", """{"a":5}""")]
    [InlineData("""{"a":5}""", """{"a":{"b":{"c":null,"d":1}}}""", """{"a":{"b":{"d":1}}}""")]
    [InlineData("""{"a":[1,2]}""", """{"a":[3]}""", """{"a":[3]}""")]
    [InlineData("""{"a":1}""", "{}", """{"a":1}""")]
    public void A_patch_merges_as_rfc_7396_says(string before, string patch, string after)
    {
        var twin = new Twin
        {
            TenantId = new(1),
            DeviceKey = 1,
            Reported = Parse(before),
        };

        var patched = twin.Report(Parse(patch), Now);

        Assert.Equal(after, patched.Reported.ToJsonString());
        Assert.Equal(before, twin.Reported.ToJsonString());
        Assert.Equal(2, patched.ReportedVersion);
    }

    [Fact]
    public void Metadata_says_for_every_level_when_it_was_written_last()
    {
        var twin = new Twin { TenantId = new(1), DeviceKey = 1 };

        var first = twin.Desire(Parse("""{"a":{"b":1},"c":2}"""), Now);
        var second = first.Desire(Parse("""{"a":{"b":3},"c":null}"""), Now.AddHours(1));

        var expected = Parse(
            """
            {"$lastUpdated":"2026-01-02T04:04:05.0000000Z","$lastUpdatedVersion":3,
             "a":{"$lastUpdated":"2026-01-02T04:04:05.0000000Z","$lastUpdatedVersion":3,
              "b":{"$lastUpdated":"2026-01-02T04:04:05.0000000Z","$lastUpdatedVersion":3}}}
            """
        );
        Assert.True(JsonNode.DeepEquals(expected, second.DesiredMetadata), second.DesiredMetadata.ToJsonString());
        Assert.Equal(2, (long)first.DesiredMetadata["c"]!["$lastUpdatedVersion"]!);
    }

    private static JsonObject Parse(string json) => (JsonObject)JsonNode.Parse(json)!;
}
