using System.Text.Json.Nodes;
using IoTCentral.Core.Twins;

namespace IoTCentral.Core.Tests.Twins;

public sealed class WholeValuesTests
{
    [Theory]
    [InlineData("""{"a":1,"b":2}""", """{"a":3}""", """{"a":3}""")] // other properties stay
    [InlineData("""{"p":{"x":1,"y":2}}""", """{"p":{"x":3}}""", """{"p":{"x":3,"y":null}}""")]
    [InlineData("""{"p":{"q":{"x":1,"y":2}}}""", """{"p":{"q":{"y":2}}}""", """{"p":{"q":{"y":2,"x":null}}}""")]
    [InlineData("""{"p":5}""", """{"p":{"x":3}}""", """{"p":{"x":3}}""")]
    [InlineData("""{"p":{"x":1}}""", """{"p":null}""", """{"p":null}""")]
    [InlineData(
        """{"c":{"__t":"c","p":{"x":1},"q":2}}""",
        """{"c":{"__t":"c","p":{"y":1}}}""",
        """{"c":{"__t":"c","p":{"y":1,"x":null}}}"""
    )]
    public void A_value_is_replaced_and_nothing_beside_it(string now, string patch, string whole) =>
        Assert.Equal(whole, WholeValues.Replacing(Json(now), Json(patch)).ToJsonString());

    private static JsonObject Json(string text) => JsonNode.Parse(text)!.AsObject();
}
