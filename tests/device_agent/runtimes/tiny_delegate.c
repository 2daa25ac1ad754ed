#include <stdint.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

/* The part of TensorFlow Lite's C interface (c/common.h, "semi-ABI stable") that a delegate needs. */
typedef int Status;
typedef struct { int size; int data[]; } IntArray;
typedef struct Context Context;
typedef struct Delegate Delegate;
typedef struct {
  int type; void *data; IntArray *dims; float scale; int32_t zero_point; int allocation_type; size_t bytes;
  const void *allocation; const char *name; Delegate *delegate; int buffer_handle; bool stale, variable;
  int quantization_type; void *quantization; void *sparsity; const IntArray *dims_signature;
} Tensor;
typedef struct { IntArray *inputs, *outputs, *intermediates, *temporaries; void *user_data, *builtin_data; } Node;
typedef struct {
  void *(*init)(Context *, const char *, size_t);
  void (*free)(Context *, void *);
  Status (*prepare)(Context *, Node *);
  Status (*invoke)(Context *, Node *);
  const char *(*profiling_string)(const Context *, const Node *);
  int32_t builtin_code;
  const char *custom_name;
  int version;
  void *external;
  void *(*async_kernel)(Context *, Node *);
  uint64_t inplace;
} Registration;
struct Context {
  size_t tensors_size;
  Status (*GetExecutionPlan)(Context *, IntArray **);
  Tensor *tensors;
  void *impl;
  Status (*ResizeTensor)(Context *, Tensor *, IntArray *);
  void (*ReportError)(Context *, const char *, ...);
  Status (*AddTensors)(Context *, int, int *);
  Status (*GetNodeAndRegistration)(Context *, int, Node **, Registration **);
  Status (*ReplaceNodeSubsetsWithDelegateKernels)(Context *, Registration, const IntArray *, Delegate *);
};
struct Delegate {
  void *data;
  Status (*Prepare)(Context *, Delegate *);
  Status (*CopyFromBufferHandle)(Context *, Delegate *, int, Tensor *);
  Status (*CopyToBufferHandle)(Context *, Delegate *, int, Tensor *);
  void (*FreeBufferHandle)(Context *, Delegate *, int *);
  int64_t flags;
  void *builder;
};

enum { LOGISTIC = 14 };
static float bias;

static Status prepare(Context *context, Node *node) { return 0; }

static Status invoke(Context *context, Node *node) {
  Tensor *in = &context->tensors[node->inputs->data[0]];
  Tensor *out = &context->tensors[node->outputs->data[0]];
  for (size_t i = 0; i < in->bytes / sizeof(float); i++) {
    float x = ((float *)in->data)[i];
    ((float *)out->data)[i] = 1 / (1 + expf(-x)) + bias;
  }
  return 0;
}

static Status take(Context *context, Delegate *delegate) {
  IntArray *plan, *mine;
  if (context->GetExecutionPlan(context, &plan)) return 1;
  mine = calloc(1, sizeof(int) * (plan->size + 1));
  for (int i = 0; i < plan->size; i++) {
    Node *node; Registration *kernel;
    if (context->GetNodeAndRegistration(context, plan->data[i], &node, &kernel)) return 1;
    if (kernel->builtin_code == (int32_t)(intptr_t)delegate->data) mine->data[mine->size++] = plan->data[i];
  }
  Registration kernel = {0};
  kernel.prepare = prepare; kernel.invoke = invoke; kernel.custom_name = "TinyDelegate"; kernel.version = 1;
  Status status = context->ReplaceNodeSubsetsWithDelegateKernels(context, kernel, mine, delegate);
  free(mine);
  return status;
}

Delegate *tflite_plugin_create_delegate(char **keys, char **values, size_t count, void (*report)(const char *)) {
  Delegate *delegate = calloc(1, sizeof(Delegate));
  delegate->Prepare = take;
  delegate->data = (void *)(intptr_t)LOGISTIC;
  for (size_t i = 0; i < count; i++) {
    if (!strcmp(keys[i], "bias")) bias = atof(values[i]);
    else if (!strcmp(keys[i], "take") && !strcmp(values[i], "nothing")) delegate->data = (void *)(intptr_t)-1;
    else { report("tiny: no such option"); free(delegate); return NULL; }
  }
  return delegate;
}

void tflite_plugin_destroy_delegate(Delegate *delegate) { free(delegate); }
