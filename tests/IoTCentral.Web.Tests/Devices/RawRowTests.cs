using Bunit;
using IoTCentral.Core.Telemetry;
using IoTCentral.Web.Features.Devices.Raw;

namespace IoTCentral.Web.Tests.Devices;

public sealed class RawRowTests : DeviceContext
{
    [Theory]
    [InlineData("cam/", "cam:")]
    [InlineData("cam/lens", "cam/lens:")]
    [InlineData("thermostat", "thermostat:")]
    public void A_message_says_what_part_of_the_device_it_is_of(string component, string said)
    {
        var message = new RawMessage
        {
            Position = 1,
            Received = DateTimeOffset.UnixEpoch,
            MessageTime = DateTimeOffset.UnixEpoch,
            Component = component,
            Body = "{}"u8.ToArray(),
        };

        var row = Render<RawRow>(p => p.Add(r => r.View, MessageView.Of(message, template: null)));

        Assert.Equal(said, row.Find(".iot-message__body .iot-muted").TextContent.Trim());
    }
}
