using System.Text;
using CsCheck;
using IoTCentral.Core.Telemetry;

namespace IoTCentral.Core.Tests.Telemetry;

public sealed class PayloadReaderTests
{
    [Fact]
    public void Scalars_become_points_in_order()
    {
        var points = Read("""{"temperature":21.5,"state":"on","open":true,"closed":false,"count":3}""");

        Assert.Equal(
            [
                Point.Of("temperature", 21.5),
                Point.Of("state", "on"),
                Point.Of("open", true),
                Point.Of("closed", false),
                Point.Of("count", 3),
            ],
            points
        );
    }

    [Fact]
    public void Members_of_an_object_are_named_with_a_dot() =>
        Assert.Equal(
            [Point.Of("axis.x", 1), Point.Of("axis.inner.y", 2)],
            Read("""{"axis":{"x":1,"inner":{"y":2}}}""")
        );

    [Fact]
    public void A_geopoint_is_one_location()
    {
        var point = Assert.Single(Read("""{"place":{"lat":47.99,"lon":7.85,"alt":278}}"""));

        Assert.Equal(new Point("place", PointKind.Location, 47.99, null, 7.85, 278), point);
    }

    [Theory]
    [InlineData("""{"place":{"lat":91,"lon":7}}""")]
    [InlineData("""{"place":{"lat":1,"lon":7,"name":"x"}}""")]
    [InlineData("""{"place":{"lat":"1","lon":7}}""")]
    public void What_is_no_geopoint_is_an_object(string body) =>
        Assert.DoesNotContain(Read(body), p => p.Kind == PointKind.Location);

    [Theory]
    [InlineData("""{"a":1e999,"b":1}""")]
    [InlineData("""{"a":null,"b":1}""")]
    [InlineData("""{"a":[1,2,3],"b":1}""")]
    public void What_is_no_value_is_left_out(string body) => Assert.Equal([Point.Of("b", 1)], Read(body));

    [Theory]
    [InlineData("")]
    [InlineData("[1,2]")]
    [InlineData("42")]
    [InlineData("""{"a":NaN}""")]
    [InlineData("""{"a":1""")]
    [InlineData("""{"a":1} x""")]
    public void What_is_no_json_object_is_told_in_words(string body)
    {
        var points = new List<Point> { Point.Of("before", 1) };

        Assert.False(PayloadReader.TryRead(Encoding.UTF8.GetBytes(body), points, out var fault));

        Assert.EndsWith(".", fault);
        Assert.Single(points);
    }

    [Fact]
    public void Json_nested_100_000_deep_is_refused_without_harm() =>
        Assert.False(
            PayloadReader.TryRead(
                Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("""{"a":""", 100_000))),
                [],
                out _
            )
        );

    [Fact]
    public void Text_that_is_not_utf8_is_refused_without_harm() =>
        Assert.False(PayloadReader.TryRead([.. "{\"a\":\""u8, 0xFF, 0xFE, .. "\"}"u8], [], out _));

    [Fact]
    public void No_bytes_whatever_throw() =>
        Gen.Byte.Array[0, 200].Sample(bytes => PayloadReader.TryRead(bytes, [], out _) || true);

    [Fact]
    public void A_name_that_was_seen_before_is_the_same_string() =>
        Assert.Same(Read("""{"pressure":1}""")[0].Name, Read("""{"pressure":2}""")[0].Name);

    private static List<Point> Read(string body)
    {
        var points = new List<Point>();
        Assert.True(PayloadReader.TryRead(Encoding.UTF8.GetBytes(body), points, out var fault), fault);
        return points;
    }
}
