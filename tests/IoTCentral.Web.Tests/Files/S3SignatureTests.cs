using System.Security.Cryptography;
using System.Text;
using IoTCentral.Core.Telemetry.Series;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Files;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Web.Tests.Files;

/// <summary>Requests are signed so that a store which goes by Amazon's rules (Signature Version 4) takes them.</summary>
public sealed class S3SignatureTests : IAsyncLifetime
{
    private static readonly TenantId Tenant = new(7);

    private readonly S3Wire _wire = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _wire.Answer = CheckAsync;
        await _wire.StartAsync();
    }

    public async ValueTask DisposeAsync() => await _wire.DisposeAsync();

    [Fact]
    public async Task The_right_key_signs_what_is_asked_and_what_is_sent()
    {
        Assert.Null(await new S3Storage(_wire.Http).TryAsync(_wire.Bucket("right/secret+key"), Tenant, Ct));

        Assert.Equal(["PUT", "GET", "DELETE"], _wire.Asked.Select(a => a.Split(' ')[0]));
    }

    [Fact]
    public async Task A_wrong_key_is_said_to_be_wrong()
    {
        var fault = await new S3Storage(_wire.Http).TryAsync(_wire.Bucket("wrong"), Tenant, Ct);

        Assert.Equal("s3.secretAccessKey", fault?.Path);
        Assert.EndsWith(" cannot be used: SignatureDoesNotMatch", fault?.Message, StringComparison.Ordinal);
    }

    private static async Task CheckAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, Ct);
        if (Hex(SHA256.HashData(body.ToArray())) == context.Request.Headers["x-amz-content-sha256"])
        {
            var authorization = context.Request.Headers.Authorization.ToString();
            if (authorization.EndsWith($"Signature={Signature(context.Request)}", StringComparison.Ordinal))
                return;
        }

        context.Response.StatusCode = StatusCodes.Status403Forbidden;
        await context.Response.WriteAsync("<Error><Code>SignatureDoesNotMatch</Code></Error>", Ct);
    }

    /// <summary>docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html</summary>
    private static string Signature(HttpRequest request)
    {
        var headers = request.Headers;
        var names = headers.Authorization.ToString().Split("SignedHeaders=")[1].Split(',')[0];
        var query = request.Query.OrderBy(q => q.Key, StringComparer.Ordinal);
        var canonical = string.Join(
            '\n',
            request.Method,
            request.Path.Value,
            string.Join('&', query.Select(q => $"{Uri.EscapeDataString(q.Key)}={Uri.EscapeDataString(q.Value!)}")),
            string.Concat(names.Split(';').Select(n => $"{n}:{headers[n].ToString().Trim()}\n")),
            names,
            headers["x-amz-content-sha256"].ToString()
        );
        var time = headers["x-amz-date"].ToString();
        var scope = $"{time[..8]}/garage/s3/aws4_request";
        var text = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = scope.Split('/').Aggregate("AWS4right/secret+key"u8.ToArray(), Hmac);
        return Hex(Hmac(key, text));
    }

    private static byte[] Hmac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
