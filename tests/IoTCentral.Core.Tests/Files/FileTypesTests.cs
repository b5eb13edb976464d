using System.Text;
using IoTCentral.Core.Files;

namespace IoTCentral.Core.Tests.Files;

public sealed class FileTypesTests
{
    [Theory]
    [InlineData("89504E470D0A1A0A", "image/png")]
    [InlineData("FFD8FFE000104A46", "image/jpeg")]
    [InlineData("474946383961", "image/gif")]
    [InlineData("52494646AABBCCDD57454250", "image/webp")]
    [InlineData("255044462D312E37", "application/pdf")]
    public void Pictures_are_known_by_their_bytes_whatever_is_said(string head, string type) =>
        Assert.Equal(type, FileTypes.Of("text/html", "x.txt", Convert.FromHexString(head)));

    [Theory]
    [InlineData("image/png", "x.png")]
    [InlineData(null, "x")]
    [InlineData("nonsense", "x.bin")]
    [InlineData("image/jpeg; a=b", "x.jpg")]
    public void What_only_says_that_it_is_a_picture_is_not_shown_as_one(string? said, string name)
    {
        var type = FileTypes.Of(said, name, "<script>"u8);

        Assert.Equal((FileTypes.Unknown, FileKind.Other), (type, FileTypes.KindOf(type)));
    }

    [Theory]
    [InlineData(null, "a.log", "text/plain", FileKind.Text)]
    [InlineData("application/octet-stream", "A.JSON", "application/json", FileKind.Json)]
    [InlineData("Text/CSV", "a", "text/csv", FileKind.Text)]
    [InlineData("text/html", "a.html", "text/html", FileKind.Text)]
    [InlineData("image/svg+xml", "a.svg", "image/svg+xml", FileKind.Other)]
    [InlineData("application/ld+json", "a", "application/ld+json", FileKind.Json)]
    [InlineData(null, "a.zip", "application/zip", FileKind.Other)]
    public void Else_the_device_s_word_counts_and_then_the_name(string? said, string name, string type, FileKind kind)
    {
        var found = FileTypes.Of(said, name, Encoding.UTF8.GetBytes("anything"));

        Assert.Equal((type, kind), (found, FileTypes.KindOf(found)));
    }
}
