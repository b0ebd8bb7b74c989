// SPDX-License-Identifier: Apache-2.0
package io.sluice.admin;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.QueryStringDecoder;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.util.concurrent.Future;
import io.sluice.admin.HttpPages.Answer;
import io.sluice.admin.HttpPages.Asker;
import io.sluice.admin.HttpPages.Content;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves one HTTP connection, on its event loop. A client has a fixed time for each whole request, however slowly it
 * drips in, and idle connections are requests that do not come.
 */
final class HttpExchange extends SimpleChannelInboundHandler<FullHttpRequest> {

    private static final Logger LOG = LoggerFactory.getLogger(HttpExchange.class);

    /** Nothing is fetched from elsewhere, nor shown in a frame of another site. */
    private static final String OWN_FILES_ALONE =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:;"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private final HttpPages pages;
    private final Executor heavyWork;
    private final Duration patience;
    private @Nullable Future<?> deadline;

    HttpExchange(HttpPages pages, Executor heavyWork, Duration patience) {
        this.pages = pages;
        this.heavyWork = heavyWork;
        this.patience = patience;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        awaitRequest(context);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        requestArrived();
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
        requestArrived();
        // The next request waits, in the socket or before us, until this one is answered: answers keep their order.
        context.channel().config().setAutoRead(false);
        boolean keepAlive =
                HttpUtil.isKeepAlive(request) && request.decoderResult().isSuccess();
        boolean head = request.method().equals(HttpMethod.HEAD);
        Answer refusal = refusalOf(request);
        if (refusal != null) {
            send(context, refusal, head, keepAlive);
            return;
        }
        Asker asker = new Asker(
                context.channel().remoteAddress(),
                request.headers().get(HttpHeaderNames.HOST),
                String.join(",", request.headers().getAll(HttpHeaderNames.ACCEPT)));
        Content page = pages.find(pathOf(request), asker);
        if (page == null) {
            send(context, Answer.text(404, "not here; there is " + pages.paths()), head, keepAlive);
        } else if (page.heavy()) {
            compute(context, page, head, keepAlive);
        } else {
            send(context, page.answer().get(), head, keepAlive);
        }
    }

    private static String pathOf(FullHttpRequest request) {
        return new QueryStringDecoder(request.uri()).path();
    }

    private static @Nullable Answer refusalOf(FullHttpRequest request) {
        DecoderResult result = request.decoderResult();
        if (!result.isSuccess()) {
            Throwable cause = result.cause();
            if (cause instanceof TooLongHttpLineException) {
                return Answer.text(414, "the request line is too long");
            }
            if (cause instanceof TooLongHttpHeaderException) {
                return Answer.text(431, "the headers are too long");
            }
            return Answer.text(400, "not HTTP");
        }
        if (!request.method().equals(HttpMethod.GET) && !request.method().equals(HttpMethod.HEAD)) {
            return Answer.text(405, "only GET and HEAD are served");
        }
        return null;
    }

    private void compute(ChannelHandlerContext context, Content page, boolean head, boolean keepAlive) {
        try {
            heavyWork.execute(() -> {
                Answer answer;
                try {
                    answer = page.answer().get();
                } catch (RuntimeException bug) {
                    LOG.error("event=http_bug page=\"{}\"", page.purpose(), bug);
                    answer = Answer.text(500, "failed; the log has the cause");
                }
                Answer computed = answer;
                context.executor().execute(() -> send(context, computed, head, keepAlive));
            });
        } catch (RejectedExecutionException busy) {
            send(context, Answer.text(503, "too many requests wait for this page"), head, keepAlive);
        }
    }

    private void send(ChannelHandlerContext context, Answer answer, boolean head, boolean keepAlive) {
        byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
        FullHttpResponse response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(answer.status()),
                head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(body));
        response.headers().set(HttpHeaderNames.CONTENT_TYPE, answer.contentType());
        response.headers().set(HttpHeaderNames.CONTENT_LENGTH, body.length);
        response.headers().set(HttpHeaderNames.CACHE_CONTROL, HttpHeaderValues.NO_STORE);
        response.headers().set(HttpHeaderNames.CONTENT_SECURITY_POLICY, OWN_FILES_ALONE);
        response.headers().set("x-content-type-options", "nosniff");
        if (answer.status() == 405) {
            response.headers().set(HttpHeaderNames.ALLOW, "GET, HEAD");
        }
        if (!keepAlive) {
            response.headers().set(HttpHeaderNames.CONNECTION, HttpHeaderValues.CLOSE);
            context.writeAndFlush(response).addListener(ChannelFutureListener.CLOSE);
            return;
        }
        context.writeAndFlush(response);
        context.channel().config().setAutoRead(true);
        awaitRequest(context);
    }

    private void awaitRequest(ChannelHandlerContext context) {
        requestArrived();
        deadline = context.executor().schedule(() -> context.close(), patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void requestArrived() {
        if (deadline != null) {
            deadline.cancel(false);
            deadline = null;
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        if (!(cause instanceof IOException)) {
            LOG.warn(
                    "event=http_failed client={} cause=\"{}\"",
                    context.channel().remoteAddress(),
                    cause.toString());
        }
        context.close();
    }
}
