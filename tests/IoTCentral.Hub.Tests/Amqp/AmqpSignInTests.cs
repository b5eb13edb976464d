using System.Text;
using Amqp;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>Who may do what on an AMQP connection, as the contract's §5 has it.</summary>
public sealed class AmqpSignInTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_token_signs_its_device_in_and_telemetry_is_stored()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "amqp-1");

        var events = await device.SenderAsync("/devices/amqp-1/messages/events");
        await AmqpClient.SendAsync(events, """{"t":1}""");

        Assert.Single(await _hub.StoredAsync("amqp-1"));
        Assert.Equal("AMQP", (await _hub.LineAsync("amqp-1", ConnectionCode.Connected)).Protocol);
        await device.DisposeAsync();
        await _hub.LineAsync("amqp-1", ConnectionCode.Disconnected);
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_the_devices_log_says_so()
    {
        await _hub.DeviceAsync("amqp-2");
        await using var client = await AmqpClient.OpenAsync(_hub);
        var token = Sign.Token("hub.example.com/devices/amqp-2", Convert.ToBase64String(new byte[32]));

        Assert.Equal(401, await client.PutTokenAsync(token, "amqp-2"));

        await _hub.LineAsync("amqp-2", ConnectionCode.WrongKey);
        var refused = await Assert.ThrowsAsync<AmqpException>(() =>
            client.SenderAsync("/devices/amqp-2/messages/events")
        );
        Assert.Equal("amqp:unauthorized-access", refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task The_link_of_another_device_is_refused_and_the_devices_log_says_so()
    {
        await _hub.DeviceAsync("amqp-4");
        await using var device = await AmqpClient.ConnectAsync(_hub, "amqp-3");

        var refused = await Assert.ThrowsAsync<AmqpException>(() => device.ReceiverAsync("/devices/amqp-4/twin"));

        Assert.Equal("amqp:unauthorized-access", refused.Error.Condition.ToString());
        await _hub.LineAsync("amqp-3", ConnectionCode.OtherDevice);
        var own = await device.SenderAsync("/devices/amqp-3/messages/events");
        await AmqpClient.SendAsync(own, "{}");
    }

    [Theory]
    [InlineData("/devices/amqp-5/modules/m/messages/events", "amqp:unauthorized-access")]
    [InlineData("/devices/amqp-5/other", "amqp:not-found")]
    [InlineData("/messages/events", "amqp:not-found")]
    [InlineData("/devices/amqp-5/messages/deviceBound", "amqp:not-allowed")]
    [InlineData("0ne00000000/registrations/amqp-5", "amqp:unauthorized-access")]
    public async Task What_is_not_offered_at_an_address_is_said(string address, string condition)
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "amqp-5");

        var refused = await Assert.ThrowsAsync<AmqpException>(() => device.SenderAsync(address));

        Assert.Equal(condition, refused.Error.Condition.ToString());
    }

    [Theory]
    [InlineData("amqps://hub.example.com/devices/amqp-6/messages/events")]
    [InlineData("devices/amqp-6/Messages/Events/")]
    [InlineData("/devices/amqp%2D6/messages/events")]
    public async Task An_address_may_be_spelled_as_SDKs_do(string address)
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "amqp-6");

        await AmqpClient.SendAsync(await device.SenderAsync(address), "{}");
    }

    [Fact]
    public async Task Devices_share_a_connection_and_each_is_its_own()
    {
        await using var gateway = await AmqpClient.ConnectAsync(_hub, "amqp-7");
        var eighth = await _hub.DeviceAsync("amqp-8");
        Assert.Equal(
            200,
            await gateway.PutTokenAsync(Sign.Hub(eighth).Password, "amqp-8", "azure-devices.net:sastoken")
        );

        var links = new[]
        {
            await gateway.SenderAsync("/devices/amqp-7/messages/events"),
            await gateway.SenderAsync("/devices/amqp-8/messages/events"),
        };
        await AmqpClient.SendAsync(links[0], "7");
        await AmqpClient.SendAsync(links[1], "8");
        await _hub.Devices.BlockAsync(_hub.Caller, "amqp-8", Ct);

        Assert.Equal("7", Encoding.UTF8.GetString((await _hub.StoredAsync("amqp-7"))[0].Body));
        Assert.Equal("8", Encoding.UTF8.GetString((await _hub.StoredAsync("amqp-8"))[0].Body));
        await Eventually.TrueAsync(() => links[1].IsClosed);
        Assert.Equal("amqp:unauthorized-access", links[1].Error.Condition.ToString());
        await _hub.LineAsync("amqp-8", ConnectionCode.Blocked);
        await AmqpClient.SendAsync(links[0], "7 again");
        await Assert.ThrowsAsync<AmqpException>(() => gateway.SenderAsync("/devices/amqp-8/messages/events"));
    }

    [Fact]
    public async Task A_newer_connection_takes_the_links_of_the_older_one()
    {
        await using var older = await AmqpClient.ConnectAsync(_hub, "amqp-9");
        var link = await older.SenderAsync("/devices/amqp-9/messages/events");

        await using var newer = await _hub.ConnectAsync("amqp-9");

        await Eventually.TrueAsync(() => link.IsClosed);
        Assert.Equal("amqp:link:stolen", link.Error.Condition.ToString());
        await _hub.LineAsync("amqp-9", ConnectionCode.Replaced);
    }

    [Fact]
    public async Task A_device_may_sign_in_by_user_name_and_password()
    {
        var login = Sign.Hub(await _hub.DeviceAsync("amqp-10"));
        await using var device = await AmqpClient.OpenAsync(_hub, "amqp-10@sas.hub", login.Password);

        await AmqpClient.SendAsync(await device.SenderAsync("/devices/amqp-10/messages/events"), "{}");

        Assert.Single(await _hub.StoredAsync("amqp-10"));
    }

    [Theory]
    [InlineData("amqp-11@sas.hub")]
    [InlineData("owner@sas.root.hub")]
    [InlineData("nobody")]
    [InlineData("0ne00000000/registrations/amqp-11")]
    public async Task A_wrong_user_or_password_is_refused(string user)
    {
        await _hub.DeviceAsync("amqp-11");

        await Assert.ThrowsAnyAsync<Exception>(() => AmqpClient.OpenAsync(_hub, user, "SharedAccessSignature sr=x"));
    }

    [Fact]
    public async Task The_model_that_a_link_announces_is_kept()
    {
        await using var device = await AmqpClient.ConnectAsync(_hub, "amqp-12");

        await device.SenderAsync(
            "/devices/amqp-12/messages/events",
            new Fields { [new Symbol("com.microsoft:model-id")] = "dtmi:test:Pump;1" }
        );

        var known = await _hub.Devices.GetAsync(_hub.Caller, "amqp-12", Ct);
        Assert.Equal("dtmi:test:Pump;1", known.AnnouncedModelId);
    }

    [Fact]
    public async Task A_device_is_connected_while_it_is_and_not_afterwards()
    {
        await using (await AmqpClient.ConnectAsync(_hub, "amqp-13"))
            Assert.Equal(MethodOutcome.NotListening, await ReachAsync("amqp-13"));

        await _hub.LineAsync("amqp-13", ConnectionCode.Disconnected);
        Assert.Equal(MethodOutcome.NotConnected, await ReachAsync("amqp-13"));
    }

    private async Task<MethodOutcome> ReachAsync(string id)
    {
        var device = await _hub.Devices.GetAsync(_hub.Caller, id, Ct);
        var link = _hub.Services.GetRequiredService<IDeviceLink>();
        return (await link.CallAsync(_hub.Application.TenantId, device.Key, new("m", default), Ct)).Outcome;
    }
}
