using System.Text;
using IoTCentral.Core.Telemetry;
using IoTCentral.Web.Features.Devices.Raw;

namespace IoTCentral.Web.Tests.Devices;

public sealed class MessageViewTests
{
    private static MessageView View(string body, string component = "") =>
        View(Encoding.UTF8.GetBytes(body), component);

    private static MessageView View(byte[] body, string component = "") =>
        MessageView.Of(
            new RawMessage
            {
                Position = 1,
                Received = DateTimeOffset.UnixEpoch,
                MessageTime = DateTimeOffset.UnixEpoch,
                Component = component,
                Body = body,
            },
            Fridge.Template
        );

    [Fact]
    public void A_message_that_fits_its_template_has_no_marks() =>
        Assert.Empty(View("""{"temperature":4.5,"mode":1,"door":false}""").Strays);

    [Fact]
    public void A_modules_values_are_measured_by_no_template() =>
        Assert.Empty(View("""{"unknown":1}""", "filter/pump").Strays);

    [Theory]
    [InlineData("""{"temperature":4.5""", "not valid JSON (line 1, byte 18)")]
    [InlineData("[1,2]", "not a JSON object")]
    [InlineData("", "empty")]
    public void A_body_without_values_says_why(string body, string why) =>
        Assert.Contains(why, View(body).Fault, StringComparison.Ordinal);

    [Fact]
    public void A_JSON_object_has_no_fault() => Assert.Null(View("""{"temperature":4.5}""").Fault);

    [Fact]
    public void A_field_the_template_does_not_know_is_named() =>
        Assert.Equal([new Stray("humidity", null)], View("""{"temperature":4.5,"humidity":61}""").Strays);

    [Fact]
    public void A_value_of_the_wrong_kind_is_named_with_its_reason()
    {
        var stray = Assert.Single(View("""{"temperature":"warm"}""").Strays);

        Assert.Equal("temperature", stray.Name);
        Assert.Contains("expected a number", stray.Why, StringComparison.Ordinal);
    }

    [Fact]
    public void A_component_the_template_does_not_have_is_named() =>
        Assert.Equal([new Stray("lid", null)], View("""{"a":1}""", component: "lid").Strays);

    [Fact]
    public void A_property_sent_as_telemetry_is_not_in_the_template_as_such() =>
        Assert.Equal([new Stray("firmware", null)], View("""{"firmware":"1.2"}""").Strays);

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{\"a\":")]
    [InlineData("[1,2]")]
    public void A_body_that_is_no_json_object_is_shown_as_it_is(string body) =>
        Assert.Equal(
            body.Trim('\n'),
            View(body).Pretty().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal)
        );

    [Fact]
    public void Bytes_that_are_no_text_are_shown_as_hex() => Assert.Equal("FF00", View([0xff, 0x00]).Pretty());

    [Fact]
    public void A_long_body_is_shortened_on_its_line()
    {
        var view = View($$"""{"text":"{{new string('x', 5000)}}"}""");

        Assert.True(view.Line.Length < 200);
        Assert.Contains("xxx\"", view.Pretty(), StringComparison.Ordinal);
    }
}
