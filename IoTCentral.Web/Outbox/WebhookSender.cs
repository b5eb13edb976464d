using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Installation;
using IoTCentral.Core.Outbox;

namespace IoTCentral.Web.Outbox;

/// <summary>Posts webhooks: signed, to public addresses only, following no redirect.</summary>
internal sealed class WebhookSender : IOutboxSender, IDisposable
{
    public const string SignatureHeader = "X-IoTCentral-Signature";
    public const string DeliveryHeader = "X-IoTCentral-Delivery";

    private readonly ISecretBox _box;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;

    public WebhookSender(PublicAddresses addresses, ISecretBox box, TimeProvider time)
    {
        (_box, _time) = (box, time);
        _client = new HttpClient(
            new SocketsHttpHandler
            {
                // A redirect or a proxy would connect to somewhere else than what is checked.
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = RetryPlan.AttemptTimeout,
                PooledConnectionLifetime = TimeSpan.FromMinutes(2),
                MaxResponseHeadersLength = 16,
                ConnectCallback = new CheckedConnection(addresses).OpenAsync,
            }
        )
        {
            // the outbox cuts attempts off itself
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    public OutboxKind Kind => OutboxKind.Webhook;

    public async Task<SendOutcome> SendAsync(OutboxMessage message, CancellationToken ct)
    {
        using var request = Compose(message);
        try
        {
            using var response = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            return Outcome(response);
        }
        catch (HttpRequestException e) when (e.InnerException is AddressRefusedException refused)
        {
            return SendOutcome.Refused(refused.Message);
        }
        catch (HttpRequestException e)
        {
            return SendOutcome.Failed($"The address cannot be reached: {e.Message}");
        }
    }

    public void Dispose() => _client.Dispose();

    private HttpRequestMessage Compose(OutboxMessage message)
    {
        var body = Encoding.UTF8.GetBytes(message.Payload);
        var request = new HttpRequestMessage(HttpMethod.Post, message.Target) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.UserAgent.Add(new ProductInfoHeaderValue("IoTCentral", "1.0"));
        request.Headers.Add(DeliveryHeader, message.Id.ToString());
        if (message.Secret is not null)
        {
            var secret = _box.Unwrap(message.Secret, message.SecretPlace);
            request.Headers.Add(SignatureHeader, Sign(secret, body, _time.GetUtcNow()));
        }

        return request;
    }

    /// <summary><c>t=seconds since 1970,v1=hex HMAC-SHA256 of "t.body"</c>: the time stops replays of an old request.</summary>
    internal static string Sign(byte[] secret, byte[] body, DateTimeOffset now)
    {
        var time = now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{time}."), .. body];
        var hash = HMACSHA256.HashData(secret, signed);
        return $"t={time},v1={Convert.ToHexStringLower(hash)}";
    }

    private static SendOutcome Outcome(HttpResponseMessage response)
    {
        var status = (int)response.StatusCode;
        if (response.IsSuccessStatusCode)
            return SendOutcome.Sent;
        if (response.StatusCode == HttpStatusCode.Gone)
            return SendOutcome.Refused("The address answered 410: it is gone for good.");
        return status is >= 300 and < 400
            ? SendOutcome.Failed($"The address answered {status}, a redirect, which is not followed.")
            : SendOutcome.Failed($"The address answered {status} {response.ReasonPhrase}.");
    }
}
