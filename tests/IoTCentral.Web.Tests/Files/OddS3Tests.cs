using System.Net;
using IoTCentral.Core.Common;
using IoTCentral.Core.Files;
using IoTCentral.Core.Tenants;
using IoTCentral.Web.Files;
using Microsoft.AspNetCore.Http;

namespace IoTCentral.Web.Tests.Files;

/// <summary>Stores that answer what a good one does not, on the wire.</summary>
public sealed class OddS3Tests : IAsyncLifetime
{
    private const string Begun =
        "<InitiateMultipartUploadResult><Bucket>files</Bucket><Key>k</Key><UploadId>u1</UploadId></InitiateMultipartUploadResult>";
    private const string Denied = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";

    private static readonly TenantId Tenant = new(7);
    private static readonly Guid Id = Guid.CreateVersion7();

    private readonly S3Wire _wire = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await _wire.StartAsync();

    public async ValueTask DisposeAsync() => await _wire.DisposeAsync();

    [Fact]
    public async Task Parts_of_an_upload_that_is_refused_half_way_are_given_up()
    {
        _wire.Answer = context =>
            context.Request switch
            {
                { Method: "POST" } => context.Response.WriteAsync(Begun, Ct),
                { Method: "PUT" } when context.Request.Query["partNumber"] == "2" => DenyAsync(context),
                { Method: "PUT" } => TakeAsync(context),
                _ => Task.CompletedTask,
            };

        var said = await Assert.ThrowsAsync<UnavailableException>(() =>
            Store().PutAsync(Tenant, Id, new MemoryStream(new byte[11_000_000]), Ct)
        );

        Assert.Contains("AccessDenied", said.Message, StringComparison.Ordinal);
        Assert.Contains($"DELETE /files/7/{Id:N}?uploadId=u1", _wire.Asked);
        Assert.DoesNotContain(
            _wire.Asked,
            a => a.StartsWith("POST", StringComparison.Ordinal) && a.Contains("uploadId")
        );
    }

    [Fact]
    public async Task A_sender_that_fails_half_way_is_no_fault_of_the_store()
    {
        _wire.Answer = context =>
            context.Request.Method == "POST" ? context.Response.WriteAsync(Begun, Ct) : TakeAsync(context);
        await using var bytes = new CutOff(new byte[6_000_000]);

        await Assert.ThrowsAsync<IOException>(() => Store().PutAsync(Tenant, Id, bytes, Ct));

        Assert.Contains($"DELETE /files/7/{Id:N}?uploadId=u1", _wire.Asked);
    }

    [Fact]
    public async Task It_is_not_followed_to_another_host()
    {
        _wire.Answer = context =>
        {
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = "http://127.0.0.2:9/files";
            return Task.CompletedTask;
        };

        var said = await Assert.ThrowsAsync<UnavailableException>(() => Store().FindAsync(Tenant, Id, Ct));

        Assert.All(_wire.Asked, a => Assert.StartsWith("HEAD /files/7/", a, StringComparison.Ordinal));
        Assert.Contains("points to http://127.0.0.2:9/", said.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_answers_a_range_with_all_of_it_is_not_believed()
    {
        _wire.Answer = context =>
        {
            context.Response.ContentLength = 100;
            return context.Request.Method == "GET"
                ? context.Response.WriteAsync(new string('x', 100), Ct)
                : Task.CompletedTask;
        };
        await using var bytes = (await Store().FindAsync(Tenant, Id, Ct))!;
        bytes.Position = 50;

        await Assert.ThrowsAsync<UnavailableException>(() => bytes.ReadExactlyAsync(new byte[10], Ct).AsTask());
    }

    [Fact]
    public async Task Who_gives_up_is_not_told_that_the_store_is_away()
    {
        using var gone = new CancellationTokenSource();
        _wire.Answer = async context =>
        {
            await gone.CancelAsync();
            await Task.Delay(Timeout.Infinite, context.RequestAborted)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store().FindAsync(Tenant, Id, gone.Token));
    }

    private IFileStore Store() => new S3Storage(_wire.Http).Open(_wire.Bucket("secret"));

    private static async Task TakeAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, Ct);
        context.Response.Headers.ETag = "\"e\"";
    }

    private static async Task DenyAsync(HttpContext context)
    {
        await context.Request.Body.CopyToAsync(Stream.Null, Ct);
        context.Response.StatusCode = (int)HttpStatusCode.Forbidden;
        await context.Response.WriteAsync(Denied, Ct);
    }

    /// <summary>Fails where it should end.</summary>
    private sealed class CutOff(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            Position < Length
                ? base.ReadAsync(buffer, cancellationToken)
                : throw new IOException("The device has hung up.");
    }
}
