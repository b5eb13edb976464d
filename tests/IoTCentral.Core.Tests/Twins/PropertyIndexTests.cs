using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Tests.Twins;

public sealed class PropertyIndexTests
{
    [Theory]
    [InlineData("""{"speed":21.50}""", "", "speed", "21.5")]
    [InlineData("""{"speed":21.0}""", "", "speed", "21")]
    [InlineData("""{"on":true}""", "", "on", "true")]
    [InlineData("""{"name":"Köln"}""", "", "name", "Köln")]
    [InlineData("""{"pump":{"__t":"c","speed":3}}""", "pump", "speed", "3")]
    [InlineData("""{"pump":{"__t":"c","limit":{"value":4,"ac":200,"av":2,"ad":"ok"}}}""", "pump", "limit", "4")]
    [InlineData("""{"limit":{"value":"x","ac":202,"av":2}}""", "", "limit", "x")]
    [InlineData("""{"place":{"lat":1.5}}""", "", "place.lat", "1.5")]
    public void Properties_are_found_by_component_name_and_value(
        string json,
        string component,
        string name,
        string value
    ) => Assert.Equal([new(component, name, value)], PropertyIndex.Of((JsonObject)JsonNode.Parse(json)!));

    [Theory]
    [InlineData("""{"list":[1,2]}""")]
    [InlineData("""{"pump":{"__t":"c"}}""")]
    [InlineData("""{"limit":{"ac":202,"av":5,"ad":"removing"}}""")]
    public void What_cannot_be_compared_is_not_searched(string json) =>
        Assert.Empty(PropertyIndex.Of((JsonObject)JsonNode.Parse(json)!));

    [Fact]
    public void A_long_text_is_not_searched() =>
        Assert.Empty(PropertyIndex.Of(new JsonObject { ["note"] = new string('x', 257) }));

    [Fact]
    public void Values_that_never_saw_json_text_are_found_alike() =>
        Assert.Equal(
            [new("", "a", "1"), new("", "b", "1.5"), new("", "c", "x"), new("", "d", "false")],
            PropertyIndex.Of(
                new JsonObject
                {
                    ["a"] = 1,
                    ["b"] = 1.5m,
                    ["c"] = "x",
                    ["d"] = false,
                }
            )
        );
}
