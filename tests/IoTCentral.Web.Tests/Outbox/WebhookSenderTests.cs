using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Outbox;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Web.Tests.Outbox;

public sealed class WebhookSenderTests : IAsyncLifetime
{
    private readonly SecretBox _box = new(MasterKey.New());
    private readonly ConcurrentQueue<(string Path, string Body, IHeaderDictionary Headers)> _received = new();
    private WebApplication? _target;
    private string _url = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _target = builder.Build();
        _target.Run(AnswerAsync);
        await _target.StartAsync(Ct);
        _url = _target.Urls.First();
    }

    public async ValueTask DisposeAsync() => await _target!.DisposeAsync();

    [Fact]
    public async Task A_webhook_is_posted_as_it_is()
    {
        using var sender = Sender("127.0.0.0/8");
        var message = To($"{_url}/hook?a=1");

        var outcome = await sender.SendAsync(message, Ct);

        Assert.Equal(SendResult.Sent, outcome.Result);
        var (path, body, headers) = Assert.Single(_received);
        Assert.Equal(("/hook?a=1", message.Payload), (path, body));
        Assert.Equal("application/json; charset=utf-8", headers.ContentType);
        Assert.Equal(message.Id.ToString(), headers[WebhookSender.DeliveryHeader]);
        Assert.Equal(0, headers[WebhookSender.SignatureHeader].Count);
    }

    [Fact]
    public async Task Its_signature_is_the_hmac_of_time_and_body()
    {
        using var sender = Sender("127.0.0.0/8");
        var message = To($"{_url}/hook");
        message = message with { Secret = _box.Wrap("a secret of the receiver"u8, message.SecretPlace) };

        await sender.SendAsync(message, Ct);

        var signature = Assert.Single(_received).Headers[WebhookSender.SignatureHeader].ToString();
        var time = signature.Split(',')[0]["t=".Length..];
        var expected = HMACSHA256.HashData(
            "a secret of the receiver"u8,
            Encoding.UTF8.GetBytes($"{time}.{message.Payload}")
        );
        Assert.Equal($"t={time},v1={Convert.ToHexStringLower(expected)}", signature);
        Assert.InRange(long.Parse(time), DateTimeOffset.UtcNow.ToUnixTimeSeconds() - 60, long.MaxValue);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    [InlineData("[::1]")]
    [InlineData("[::ffff:127.0.0.1]")]
    [InlineData("0.0.0.0")]
    [InlineData("2130706433")]
    [InlineData("169.254.169.254")]
    [InlineData("10.0.0.1")]
    public async Task A_private_address_is_refused_however_it_is_written(string host)
    {
        using var sender = Sender();

        var outcome = await sender.SendAsync(To($"http://{host}:{new Uri(_url).Port}/hook"), Ct);

        Assert.Equal(SendResult.Refused, outcome.Result);
        Assert.Contains("not a public address", outcome.Reason);
        Assert.Empty(_received);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var sender = Sender("127.0.0.0/8");

        var outcome = await sender.SendAsync(To($"{_url}/redirect"), Ct);

        Assert.Equal(SendResult.Failed, outcome.Result);
        Assert.Contains("redirect", outcome.Reason);
        Assert.Single(_received);
    }

    [Theory]
    [InlineData(500, SendResult.Failed)]
    [InlineData(404, SendResult.Failed)]
    [InlineData(410, SendResult.Refused)]
    [InlineData(204, SendResult.Sent)]
    public async Task The_answers_status_decides(int status, SendResult expected)
    {
        using var sender = Sender("127.0.0.0/8");

        var outcome = await sender.SendAsync(To($"{_url}/{status}"), Ct);

        Assert.Equal(expected, outcome.Result);
    }

    [Fact]
    public async Task Nobody_listening_is_a_failure_that_may_pass()
    {
        using var sender = Sender("127.0.0.0/8");

        var outcome = await sender.SendAsync(To("http://127.0.0.1:1/hook"), Ct);

        Assert.Equal(SendResult.Failed, outcome.Result);
    }

    private WebhookSender Sender(params string[] allowed) =>
        new(new PublicAddresses([.. allowed.Select(IPNetwork.Parse)]), _box, TimeProvider.System);

    private static OutboxMessage To(string url) =>
        new()
        {
            TenantId = new TenantId(1),
            Id = Guid.CreateVersion7(),
            Key = "k",
            Kind = OutboxKind.Webhook,
            Target = url,
            Payload = """{"device":"Kühlschrank"}""",
            CreatedAt = default,
        };

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var path = context.Request.Path + context.Request.QueryString.ToString();
        _received.Enqueue(
            (path, await reader.ReadToEndAsync(), new HeaderDictionary(context.Request.Headers.ToDictionary()))
        );
        if (path == "/redirect")
            context.Response.Redirect($"{_url}/elsewhere");
        else
            context.Response.StatusCode = int.TryParse(path.AsSpan(1), out var status) ? status : 200;
    }
}
